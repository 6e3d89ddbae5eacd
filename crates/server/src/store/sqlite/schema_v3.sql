-- Version 3: the ledger is one tree, in the order of orders; payments that do not fit are told apart.

-- WeChat's number of the newest genuine payment that does not fit its order, and whether people
-- still have to do something about it. Version 2 marked the order and named none.
ALTER TABLE orders ADD COLUMN misfit_payment TEXT;
ALTER TABLE orders ADD COLUMN misfit_open INTEGER NOT NULL DEFAULT 0 CHECK (misfit_open IN (0, 1));
UPDATE orders SET misfit_payment = (
    SELECT event ->> '$.transaction_id' FROM journal
    WHERE journal.order_id = orders.id AND event ->> '$.event' = 'paid'
      AND (event ->> '$.total_fee' <> amount_total OR event ->> '$.fee_type' <> 'CNY'
           OR event ->> '$.openid' <> openid)
    ORDER BY seq DESC LIMIT 1
) WHERE attention = 'under_review';
UPDATE orders SET misfit_open = 1 WHERE misfit_payment IS NOT NULL;

-- Append-only: one grant an order, and at most one reversal. A buyer's entries are counted, and his
-- newest is his state; they are found through his orders. An index by buyer would be written all
-- over with every delivery, the more so the more buyers there are: a third of what a confirmed
-- payment wrote into a million orders.
CREATE TABLE vip_entries (
    order_id    TEXT    NOT NULL REFERENCES orders (id),
    kind        TEXT    NOT NULL CHECK (kind IN ('grant', 'reversal')),
    openid      TEXT    NOT NULL,
    entry       INTEGER NOT NULL,                   -- of this buyer: a later one is higher
    days        INTEGER NOT NULL,                   -- granted
    at          INTEGER NOT NULL,                   -- when this entry was made
    until_at    INTEGER NOT NULL,                   -- end of membership after this entry
    PRIMARY KEY (order_id, kind)
) STRICT, WITHOUT ROWID;

INSERT INTO vip_entries (order_id, kind, openid, entry, days, at, until_at)
    SELECT order_id, kind, openid, entry, days, at, until_at FROM vip_ledger ORDER BY order_id, kind;
DROP TABLE vip_ledger;
ALTER TABLE vip_entries RENAME TO vip_ledger;

-- Few: whether a buyer has any is asked with every order that is shown.
CREATE INDEX vip_reversals ON vip_ledger (openid, entry) WHERE kind = 'reversal';
