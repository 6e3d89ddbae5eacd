-- Version 3: what WeChat last answered about an unpaid order, refunds with their end and what hinders
-- them, keys that end, a place to try a commit.

-- WeChat's last answer to a query about an order, while it is unpaid.
ALTER TABLE orders ADD COLUMN query_state TEXT;
ALTER TABLE orders ADD COLUMN query_description TEXT;
ALTER TABLE orders ADD COLUMN query_at BIGINT;

-- While a part of the money is on its way back the order stays confirmed, and keeps its goods.
UPDATE orders SET status = 'confirmed'
    WHERE status = 'refunding' AND delivered_at IS NOT NULL
      AND amount_refunding + amount_refunded < amount_total;

ALTER TABLE refunds ADD COLUMN ended_at  BIGINT;
ALTER TABLE refunds ADD COLUMN refund_id TEXT;                 -- WeChat's number of it
ALTER TABLE refunds ADD COLUMN hindrance TEXT;                 -- with which error code WeChat last refused it
UPDATE refunds SET ended_at = ended.at
    FROM (
        SELECT DISTINCT ON (order_id, event ->> 'out_refund_no')
            order_id, event ->> 'out_refund_no' AS out_refund_no, at
        FROM journal WHERE event ->> 'event' = 'refund_settled'
        ORDER BY order_id, event ->> 'out_refund_no', seq DESC
    ) AS ended
    WHERE refunds.due_at IS NULL AND refunds.order_id = ended.order_id
      AND refunds.out_refund_no = ended.out_refund_no;

-- A key ends some time after its order did. Servers of version 2 write keys without their time.
ALTER TABLE idempotency_keys ADD COLUMN at BIGINT NOT NULL
    DEFAULT (extract(epoch FROM now()) * 1000)::BIGINT;
UPDATE idempotency_keys SET at = created_at FROM orders WHERE orders.id = order_id;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (at);

-- Rows that are written and removed to prove that a commit works.
CREATE TABLE probe (
    entry       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at          BIGINT NOT NULL
);

-- Buyers whose sessions of before an operator ended.
CREATE TABLE ended_sessions (
    openid      TEXT NOT NULL PRIMARY KEY,
    ended_at    BIGINT NOT NULL
);
