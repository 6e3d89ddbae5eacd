//! Orders by number: the n-th order of a run, its buyer, its payment, and writing many at once.

use std::net::{IpAddr, Ipv4Addr};
use std::ops::Range;

use anyhow::{Result, ensure};
use futures_util::stream::{self, StreamExt};
use wechat_checkout_protocol::{Fen, IdempotencyKey, OpenId, OrderId, ProductId, UnixMillis};
use wechat_checkout_server::order::{Goods, Order, PaymentEvidence, Terms};
use wechat_checkout_server::store::{NewOrder, Placed, Store};

/// Orders handed to the store at once: enough to fill its largest batch twice.
const AT_ONCE: usize = 512;

/// A proof may take hours; no worker shall ask about its orders meanwhile.
const ASKED_ABOUT_AFTER_MS: i64 = 24 * 60 * 60 * 1000;

/// Names one order of a run. Everything about the order follows from its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct OrderNumber(pub(crate) u64);

impl OrderNumber {
    /// Orders from this number on are for a voucher, those before for membership.
    pub(crate) const FIRST_VOUCHER: u64 = 1 << 32;

    pub(crate) const fn is_voucher(self) -> bool {
        self.0 >= Self::FIRST_VOUCHER
    }

    /// Grows with the number, as real ids grow with time: neighbours share index pages.
    pub(crate) fn id(self) -> Result<OrderId> {
        Ok(OrderId::parse(format!("0190{:028x}", self.0))?)
    }

    /// One buyer an order: a buyer has one open order for the same goods at a time.
    pub(crate) fn openid(self) -> Result<OpenId> {
        Ok(OpenId::parse(format!("oProof{:022}", self.scattered()))?)
    }

    /// WeChat's number of its payment.
    pub(crate) fn transaction_id(self) -> String {
        format!("4200{:024}", self.scattered())
    }

    /// A number of its own that says nothing about the order of time, as openids and WeChat's
    /// numbers do not: their indexes are written all over, and a benchmark must feel that.
    const fn scattered(self) -> u64 {
        // Odd, so that multiplying is a permutation of all numbers.
        self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }

    pub(crate) fn amount(self) -> Fen {
        let fen = if self.is_voucher() { 1_500 } else { 1_990 };
        Fen::new(fen).unwrap_or(Fen::ZERO)
    }

    /// The payment that fits it.
    pub(crate) fn payment(self) -> Result<PaymentEvidence> {
        Ok(PaymentEvidence {
            transaction_id: self.transaction_id(),
            openid: self.openid()?,
            total_fee: self.amount(),
            fee_type: "CNY".to_owned(),
        })
    }

    fn order(self, now: UnixMillis) -> Result<Order> {
        let (product, title, goods) = if self.is_voucher() {
            ("coffee-voucher", "咖啡兑换券", Goods::Vouchers { count: 1 })
        } else {
            ("vip-month", "VIP 月度会员", Goods::Vip { days: 31 })
        };
        let placed = Order::placed(Terms {
            id: self.id()?,
            openid: self.openid()?,
            product_id: ProductId::parse(product)?,
            title: title.to_owned(),
            quantity: 1,
            amount_total: self.amount(),
            goods,
            client_ip: IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7)),
            created_at: now,
            expires_at: now.plus_ms(ASKED_ABOUT_AFTER_MS),
        });
        Ok(Order {
            inquiry_due_at: Some(now.plus_ms(ASKED_ABOUT_AFTER_MS)),
            ..placed
        })
    }

    async fn place(self, store: &dyn Store, now: UnixMillis) -> Result<()> {
        let new = NewOrder {
            order: self.order(now)?,
            idempotency_key: IdempotencyKey::parse(format!("proof-key-{:020}", self.0))?,
            open_orders_max: 1,
        };
        let placed = store.place(new).await?;
        ensure!(
            matches!(placed, Placed::New(_)),
            "order {} was not placed: {placed:?}",
            self.0
        );
        Ok(())
    }
}

/// Writes a range of orders through the store, as the server would.
pub(crate) async fn place_all(
    store: &dyn Store,
    numbers: Range<u64>,
    now: UnixMillis,
) -> Result<()> {
    let mut placing = stream::iter(numbers)
        .map(|number| OrderNumber(number).place(store, now))
        .buffer_unordered(AT_ONCE);
    while let Some(placed) = placing.next().await {
        placed?;
    }
    Ok(())
}
