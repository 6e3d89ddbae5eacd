-- Version 2: payments that do not fit are told apart.

-- WeChat's number of the newest genuine payment that does not fit its order.
ALTER TABLE orders ADD COLUMN misfit_payment TEXT;

-- The same as in version 1; but a function in SQL is parsed and planned anew with every entry.
CREATE OR REPLACE FUNCTION take_journal_position() RETURNS BIGINT LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared((22339::BIGINT << 48) | last_value) FROM journal_positions;
    RETURN nextval('journal_positions');
END;
$$;
