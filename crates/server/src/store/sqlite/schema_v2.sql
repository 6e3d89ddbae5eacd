-- Version 2: refunds in full, membership that can be taken back, outgoing webhooks.

ALTER TABLE orders ADD COLUMN amount_refunding INTEGER NOT NULL DEFAULT 0 CHECK (amount_refunding >= 0);
ALTER TABLE orders ADD COLUMN amount_refunded  INTEGER NOT NULL DEFAULT 0 CHECK (amount_refunded >= 0);
ALTER TABLE orders ADD COLUMN refunds          INTEGER NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN delivered_at     INTEGER;
UPDATE orders SET delivered_at = confirmed_at WHERE status = 'confirmed';

-- Append-only: one grant an order, and at most one reversal. A buyer's newest entry is his state.
CREATE TABLE vip_entries (
    entry       INTEGER PRIMARY KEY AUTOINCREMENT,
    order_id    TEXT    NOT NULL REFERENCES orders (id),
    kind        TEXT    NOT NULL CHECK (kind IN ('grant', 'reversal')),
    openid      TEXT    NOT NULL,
    days        INTEGER NOT NULL,                   -- granted
    at          INTEGER NOT NULL,                   -- when this entry was made
    until_at    INTEGER NOT NULL,                   -- end of membership after this entry
    UNIQUE (order_id, kind)
) STRICT;

INSERT INTO vip_entries (order_id, kind, openid, days, at, until_at)
    SELECT vip_ledger.order_id, 'grant', vip_ledger.openid, days, confirmed_at, until_at
    FROM vip_ledger JOIN orders ON orders.id = vip_ledger.order_id
    ORDER BY vip_ledger.openid, until_at;
DROP TABLE vip_ledger;
ALTER TABLE vip_entries RENAME TO vip_ledger;
CREATE INDEX vip_ledger_by_buyer ON vip_ledger (openid, entry);

-- A code that was taken back stays with its order: whoever saw it may have used it.
ALTER TABLE vouchers ADD COLUMN revoked_at INTEGER;

-- Money to send back. The number is the refund's identity at WeChat.
CREATE TABLE refunds_2 (
    out_refund_no     TEXT    NOT NULL PRIMARY KEY,
    order_id          TEXT    NOT NULL REFERENCES orders (id),
    transaction_id    TEXT    NOT NULL,
    payment_total     INTEGER NOT NULL CHECK (payment_total > 0),
    amount            INTEGER NOT NULL CHECK (amount > 0 AND amount <= payment_total),
    of_orders_payment INTEGER NOT NULL CHECK (of_orders_payment IN (0, 1)),
    status            TEXT    NOT NULL CHECK (status IN ('due', 'accepted', 'succeeded', 'failed')),
    attempts          INTEGER NOT NULL DEFAULT 0,
    due_at            INTEGER,                      -- null: ended
    asked_at          INTEGER NOT NULL,
    CHECK ((due_at IS NULL) = (status IN ('succeeded', 'failed')))
) STRICT, WITHOUT ROWID;

INSERT INTO refunds_2 (out_refund_no, order_id, transaction_id, payment_total, amount,
                       of_orders_payment, status, due_at, asked_at)
    SELECT refunds.out_refund_no, refunds.order_id, refunds.transaction_id, refunds.amount,
           refunds.amount, orders.transaction_id = refunds.transaction_id, 'due',
           refunds.asked_at, refunds.asked_at
    FROM refunds JOIN orders ON orders.id = refunds.order_id;
DROP TABLE refunds;
ALTER TABLE refunds_2 RENAME TO refunds;
CREATE INDEX refunds_by_order ON refunds (order_id);
CREATE INDEX refunds_due ON refunds (due_at) WHERE due_at IS NOT NULL;

UPDATE orders SET amount_refunding = amount_total, refunds = 1 WHERE status = 'refunding';

-- How far each consumer of the journal has come.
CREATE TABLE consumers (
    name        TEXT    NOT NULL PRIMARY KEY,
    position    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What the merchant's own system is told, at least once.
CREATE TABLE webhooks (
    id          TEXT    NOT NULL PRIMARY KEY,       -- also webhook-id: the receiver's key against repeats
    order_id    TEXT    NOT NULL REFERENCES orders (id),
    payload     TEXT    NOT NULL,                   -- JSON, sent byte for byte as signed
    status      TEXT    NOT NULL CHECK (status IN ('due', 'delivered', 'dead')),
    attempts    INTEGER NOT NULL DEFAULT 0,
    due_at      INTEGER,                            -- null: delivered or dead
    last_answer TEXT,
    created_at  INTEGER NOT NULL,
    CHECK ((due_at IS NULL) = (status <> 'due'))
) STRICT, WITHOUT ROWID;

CREATE INDEX webhooks_due ON webhooks (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX webhooks_by_status ON webhooks (status, created_at);
