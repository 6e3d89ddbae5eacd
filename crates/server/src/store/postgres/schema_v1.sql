-- Version 1. Times are Unix milliseconds, money is fen.

-- One row an order. Terms first (never updated), then where it stands.
CREATE TABLE orders (
    id               TEXT COLLATE "C" NOT NULL PRIMARY KEY,   -- also out_trade_no
    openid           TEXT COLLATE "C" NOT NULL,
    product_id       TEXT   NOT NULL,
    title            TEXT   NOT NULL,
    quantity         BIGINT NOT NULL CHECK (quantity > 0),
    amount_total     BIGINT NOT NULL CHECK (amount_total > 0),
    vip_days         BIGINT CHECK (vip_days > 0),              -- null: vouchers
    client_ip        INET   NOT NULL,
    created_at       BIGINT NOT NULL,
    expires_at       BIGINT NOT NULL,

    status           TEXT   NOT NULL,
    seq              BIGINT NOT NULL,
    prepay_id        TEXT,
    prepay_at        BIGINT,
    transaction_id   TEXT COLLATE "C",
    confirmed_at     BIGINT,
    amount_refunding BIGINT NOT NULL CHECK (amount_refunding >= 0),
    amount_refunded  BIGINT NOT NULL CHECK (amount_refunded >= 0),
    refunds          BIGINT NOT NULL,
    delivered_at     BIGINT,
    attention        TEXT,
    inquiries        BIGINT NOT NULL,
    inquiry_from     BIGINT NOT NULL,
    inquiry_due_at   BIGINT,
    CHECK (status NOT IN ('confirmed', 'refunding', 'refunded') OR transaction_id IS NOT NULL)
) WITH (fillfactor = 80);                                      -- room for updates on the same page

-- One payment confirms one order. Partial, since a whole unique index would count as a key: then
-- setting the number would wait for every transaction that merely refers to the order.
CREATE UNIQUE INDEX orders_by_payment ON orders (transaction_id) WHERE transaction_id IS NOT NULL;
CREATE INDEX orders_by_buyer ON orders (openid, created_at DESC);
CREATE INDEX orders_to_inquire ON orders (inquiry_due_at) WHERE inquiry_due_at IS NOT NULL;

-- What a buyer's keys asked for: the same key finds the same order for ever.
CREATE TABLE idempotency_keys (
    openid      TEXT COLLATE "C" NOT NULL,
    key         TEXT COLLATE "C" NOT NULL,
    order_id    TEXT COLLATE "C" NOT NULL REFERENCES orders (id),
    product_id  TEXT   NOT NULL,
    quantity    BIGINT NOT NULL,
    PRIMARY KEY (openid, key)
);

-- Positions of the journal. It begins at 0 as if 0 had been taken, so that `last_value` is always
-- the newest position that was given out.
CREATE SEQUENCE journal_positions MINVALUE 0 START 0;
SELECT setval('journal_positions', 0, true);

-- Takes a position and shows, until the transaction ends, that one above `last_value` is under way:
-- as a shared lock whose number is 0x5743 in the upper 16 bits and that `last_value` below. The
-- lock comes first: whoever does not see it will see the position as given out later.
CREATE FUNCTION take_journal_position() RETURNS BIGINT LANGUAGE sql VOLATILE AS $$
    SELECT pg_advisory_xact_lock_shared((22339::BIGINT << 48) | last_value) FROM journal_positions;
    SELECT nextval('journal_positions');
$$;

-- Up to here the journal is settled: every position is written and committed, or never will be.
-- The order of the two looks carries the proof, see `journal.rs`.
CREATE FUNCTION journal_settled() RETURNS BIGINT LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    given_out BIGINT;
    under_way_above BIGINT;
BEGIN
    SELECT last_value INTO given_out FROM journal_positions;
    SELECT min(((classid::BIGINT & 65535) << 32) | objid::BIGINT) INTO under_way_above
        FROM pg_locks
        WHERE locktype = 'advisory' AND objsubid = 1 AND classid::BIGINT >> 16 = 22339
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database());
    RETURN least(given_out, under_way_above);
END;
$$;

-- Append-only. Replaying an order's entries gives its row; consumers follow the positions.
CREATE TABLE journal (
    position    BIGINT NOT NULL PRIMARY KEY DEFAULT take_journal_position(),
    order_id    TEXT COLLATE "C" NOT NULL,
    seq         BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    event       JSONB  NOT NULL,
    UNIQUE (order_id, seq)
);

-- Append-only: one grant an order, and at most one reversal. A buyer's newest entry is his state.
CREATE TABLE vip_ledger (
    entry       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id    TEXT COLLATE "C" NOT NULL REFERENCES orders (id),
    kind        TEXT   NOT NULL CHECK (kind IN ('grant', 'reversal')),
    openid      TEXT COLLATE "C" NOT NULL,
    days        BIGINT NOT NULL,                               -- granted
    at          BIGINT NOT NULL,                               -- when this entry was made
    until_at    BIGINT NOT NULL,                               -- end of membership after this entry
    UNIQUE (order_id, kind)
);

CREATE INDEX vip_ledger_by_buyer ON vip_ledger (openid, entry);

-- One row a code: free, reserved by an open order, or delivered. Never two orders with one code.
-- A code that was taken back stays with its order: whoever saw it may have used it.
CREATE TABLE vouchers (
    code         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    product_id   TEXT NOT NULL,
    order_id     TEXT COLLATE "C" REFERENCES orders (id),
    delivered_at BIGINT,
    revoked_at   BIGINT,
    CHECK (delivered_at IS NULL OR order_id IS NOT NULL)
);

CREATE INDEX vouchers_free ON vouchers (product_id) WHERE order_id IS NULL;
CREATE INDEX vouchers_by_order ON vouchers (order_id) WHERE order_id IS NOT NULL;

-- Money to send back. The number is the refund's identity at WeChat.
CREATE TABLE refunds (
    out_refund_no     TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    order_id          TEXT COLLATE "C" NOT NULL REFERENCES orders (id),
    transaction_id    TEXT    NOT NULL,
    payment_total     BIGINT  NOT NULL CHECK (payment_total > 0),
    amount            BIGINT  NOT NULL CHECK (amount > 0 AND amount <= payment_total),
    of_orders_payment BOOLEAN NOT NULL,
    status            TEXT    NOT NULL CHECK (status IN ('due', 'accepted', 'succeeded', 'failed')),
    attempts          BIGINT  NOT NULL DEFAULT 0,
    due_at            BIGINT,                                  -- null: ended
    asked_at          BIGINT  NOT NULL,
    CHECK ((due_at IS NULL) = (status IN ('succeeded', 'failed')))
);

CREATE INDEX refunds_by_order ON refunds (order_id);
CREATE INDEX refunds_due ON refunds (due_at) WHERE due_at IS NOT NULL;

-- How far each consumer of the journal has come.
CREATE TABLE consumers (
    name        TEXT   NOT NULL PRIMARY KEY,
    position    BIGINT NOT NULL
);

-- What the merchant's own system is told, at least once.
CREATE TABLE webhooks (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,        -- also webhook-id: the receiver's key against repeats
    order_id    TEXT COLLATE "C" NOT NULL REFERENCES orders (id),
    payload     TEXT   NOT NULL,                               -- JSON, sent byte for byte as signed
    status      TEXT   NOT NULL CHECK (status IN ('due', 'delivered', 'dead')),
    attempts    BIGINT NOT NULL DEFAULT 0,
    due_at      BIGINT,                                        -- null: delivered or dead
    last_answer TEXT,
    created_at  BIGINT NOT NULL,
    CHECK ((due_at IS NULL) = (status <> 'due'))
);

CREATE INDEX webhooks_due ON webhooks (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX webhooks_by_status ON webhooks (status, created_at);
