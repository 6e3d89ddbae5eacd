//! Orders and payments to test with.

use std::net::{IpAddr, Ipv4Addr};

use wechat_checkout_protocol::{Fen, IdempotencyKey, OpenId, OrderId, ProductId, UnixMillis};
use wechat_checkout_server::order::{Goods, Order, PaymentEvidence, Terms};
use wechat_checkout_server::store::NewOrder;

pub(crate) const NOW: UnixMillis = UnixMillis(1_795_000_000_000);

pub(crate) fn order(id: &str) -> Order {
    Order::placed(Terms {
        id: OrderId::parse(id).unwrap(),
        openid: buyer("buyer-1"),
        product_id: ProductId::parse("vip-month").unwrap(),
        title: "VIP 月度会员".to_owned(),
        quantity: 1,
        amount_total: Fen::new(1990).unwrap(),
        goods: Goods::Vip { days: 31 },
        client_ip: IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7)),
        created_at: NOW,
        expires_at: NOW.plus_ms(15 * 60 * 1000),
    })
}

pub(crate) fn buyer(name: &str) -> OpenId {
    OpenId::parse(name).unwrap()
}

pub(crate) fn voucher_order(id: &str, count: u32) -> Order {
    Order {
        product_id: ProductId::parse("coffee-voucher").unwrap(),
        title: "咖啡兑换券".to_owned(),
        quantity: count,
        amount_total: Fen::new(1500).unwrap().checked_mul(count).unwrap(),
        goods: Goods::Vouchers { count },
        ..order(id)
    }
}

/// A payment that fits the order.
pub(crate) fn payment(order: &Order, transaction_id: &str) -> PaymentEvidence {
    PaymentEvidence {
        transaction_id: transaction_id.to_owned(),
        openid: order.openid.clone(),
        total_fee: order.amount_total,
        fee_type: "CNY".to_owned(),
    }
}

pub(crate) fn wish(order: Order, key: &str) -> NewOrder {
    NewOrder {
        order,
        idempotency_key: IdempotencyKey::parse(key).unwrap(),
        open_orders_max: 3,
    }
}
