-- Version 4: what WeChat last answered about an unpaid order, refunds with their end and what hinders
-- them, keys that end, a place to try a commit.

-- WeChat's last answer to a query about an order, while it is unpaid.
ALTER TABLE orders ADD COLUMN query_state TEXT;
ALTER TABLE orders ADD COLUMN query_description TEXT;
ALTER TABLE orders ADD COLUMN query_at INTEGER;

-- While a part of the money is on its way back the order stays confirmed, and keeps its goods.
UPDATE orders SET status = 'confirmed'
    WHERE status = 'refunding' AND delivered_at IS NOT NULL
      AND amount_refunding + amount_refunded < amount_total;

ALTER TABLE refunds ADD COLUMN ended_at  INTEGER;
ALTER TABLE refunds ADD COLUMN refund_id TEXT;      -- WeChat's number of it
ALTER TABLE refunds ADD COLUMN hindrance TEXT;      -- with which error code WeChat last refused it
UPDATE refunds SET ended_at = (
    SELECT at FROM journal
    WHERE journal.order_id = refunds.order_id AND event ->> '$.event' = 'refund_settled'
      AND event ->> '$.out_refund_no' = refunds.out_refund_no
    ORDER BY seq DESC LIMIT 1
) WHERE due_at IS NULL;

-- A key ends some time after its order did.
ALTER TABLE idempotency_keys ADD COLUMN at INTEGER NOT NULL DEFAULT 0;
UPDATE idempotency_keys SET at = (SELECT created_at FROM orders WHERE orders.id = order_id);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (at);

-- One row, written anew to prove that a commit works.
CREATE TABLE probe (
    entry       INTEGER NOT NULL PRIMARY KEY,
    filling     BLOB    NOT NULL                    -- as much as an order writes
) STRICT;

-- Buyers whose sessions of before an operator ended.
CREATE TABLE ended_sessions (
    openid      TEXT NOT NULL PRIMARY KEY,
    ended_at    INTEGER NOT NULL
) STRICT;
