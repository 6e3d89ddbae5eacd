-- Version 1. Times are Unix milliseconds, money is fen.

-- One row an order. Terms first (never updated), then where it stands.
CREATE TABLE orders (
    id              TEXT    NOT NULL PRIMARY KEY,   -- also out_trade_no
    openid          TEXT    NOT NULL,
    product_id      TEXT    NOT NULL,
    title           TEXT    NOT NULL,
    quantity        INTEGER NOT NULL CHECK (quantity > 0),
    amount_total    INTEGER NOT NULL CHECK (amount_total > 0),
    vip_days        INTEGER CHECK (vip_days > 0),   -- null: vouchers
    client_ip       TEXT    NOT NULL,
    created_at      INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL,

    status          TEXT    NOT NULL,
    seq             INTEGER NOT NULL,
    prepay_id       TEXT,
    prepay_at       INTEGER,
    transaction_id  TEXT    UNIQUE,                 -- one payment confirms one order
    confirmed_at    INTEGER,
    attention       TEXT,
    inquiries       INTEGER NOT NULL,
    inquiry_from    INTEGER NOT NULL,
    inquiry_due_at  INTEGER,
    CHECK (status NOT IN ('confirmed', 'refunding', 'refunded') OR transaction_id IS NOT NULL)
) STRICT, WITHOUT ROWID;

CREATE INDEX orders_by_buyer ON orders (openid, created_at DESC);
CREATE INDEX orders_to_inquire ON orders (inquiry_due_at) WHERE inquiry_due_at IS NOT NULL;

-- What a buyer's keys asked for: the same key finds the same order for ever.
CREATE TABLE idempotency_keys (
    openid      TEXT NOT NULL,
    key         TEXT NOT NULL,
    order_id    TEXT NOT NULL REFERENCES orders (id),
    product_id  TEXT NOT NULL,
    quantity    INTEGER NOT NULL,
    PRIMARY KEY (openid, key)
) STRICT, WITHOUT ROWID;

-- Append-only. Replaying an order's entries gives its row; consumers follow the positions.
CREATE TABLE journal (
    position    INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id    TEXT    NOT NULL,
    seq         INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    event       TEXT    NOT NULL,                   -- JSON
    UNIQUE (order_id, seq)
) STRICT;

-- Append-only: membership time given, one entry an order.
CREATE TABLE vip_ledger (
    order_id    TEXT    NOT NULL PRIMARY KEY REFERENCES orders (id),
    openid      TEXT    NOT NULL,
    days        INTEGER NOT NULL,
    starts_at   INTEGER NOT NULL,
    until_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX vip_ledger_by_buyer ON vip_ledger (openid, until_at);

-- One row a code: free, reserved by an open order, or delivered. Never two orders with one code.
CREATE TABLE vouchers (
    code         TEXT NOT NULL PRIMARY KEY,
    product_id   TEXT NOT NULL,
    order_id     TEXT REFERENCES orders (id),
    delivered_at INTEGER,
    CHECK (delivered_at IS NULL OR order_id IS NOT NULL)
) STRICT, WITHOUT ROWID;

CREATE INDEX vouchers_free ON vouchers (product_id) WHERE order_id IS NULL;
CREATE INDEX vouchers_by_order ON vouchers (order_id) WHERE order_id IS NOT NULL;

-- Money to send back: the number is the payment's, so asking twice refunds once.
CREATE TABLE refunds (
    out_refund_no   TEXT    NOT NULL PRIMARY KEY,
    order_id        TEXT    NOT NULL REFERENCES orders (id),
    transaction_id  TEXT    NOT NULL UNIQUE,
    amount          INTEGER NOT NULL CHECK (amount > 0),
    asked_at        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
