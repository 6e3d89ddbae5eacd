-- Version 2: payments that do not fit are told apart.

-- WeChat's number of the newest genuine payment that does not fit its order, and whether people
-- still have to do something about it. Version 1 marked the order and named none.
ALTER TABLE orders ADD COLUMN misfit_payment TEXT;
ALTER TABLE orders ADD COLUMN misfit_open BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE orders SET misfit_open = TRUE, misfit_payment = noted.transaction_id
    FROM (
        SELECT DISTINCT ON (order_id) order_id, event ->> 'transaction_id' AS transaction_id
        FROM journal JOIN orders ON orders.id = order_id
        WHERE attention = 'under_review' AND event ->> 'event' = 'paid'
          AND ((event ->> 'total_fee')::BIGINT <> amount_total OR event ->> 'fee_type' <> 'CNY'
               OR event ->> 'openid' <> openid)
        ORDER BY order_id, journal.seq DESC
    ) AS noted
    WHERE orders.id = noted.order_id;

-- The same as in version 1; but a function in SQL is parsed and planned anew with every entry.
CREATE OR REPLACE FUNCTION take_journal_position() RETURNS BIGINT LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared((22339::BIGINT << 48) | last_value) FROM journal_positions;
    RETURN nextval('journal_positions');
END;
$$;
