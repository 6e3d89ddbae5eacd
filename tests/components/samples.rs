//! One answer of each kind with everything in it, and one with only what must be there.

use serde::Serialize;
use serde_json::{Value, json};
use wechat_checkout_protocol::{
    Attention, Benefit, BenefitsView, BridgeParams, CatalogView, ErrorCode, Fen, LastQuery,
    LocalText, OrderId, OrderListView, OrderStatus, OrderView, Problem, ProductId, ProductKind,
    ProductView, QueriedState, RefundStatus, RefundView, SessionView, ShopView, Translations,
    UnixMillis, benefit::OwnedVoucher,
};

pub(crate) const NOW: UnixMillis = UnixMillis(1_798_776_000_000);
pub(crate) const ORDER: &str = "01a213698c6e738089152f8c16e187ad";

pub(crate) fn order() -> OrderView {
    let fen = |fen| Fen::new(fen).expect("an amount");
    OrderView {
        id: OrderId::parse(ORDER).expect("a number"),
        status: OrderStatus::Refunding,
        seq: 7,
        product_id: ProductId::parse("vip-month").expect("an id"),
        product_kind: ProductKind::Vip,
        title: "VIP 月度会员".into(),
        title_translations: translations(),
        validity: Some(local()),
        how_to_use: Some(local()),
        vip_days: Some(62),
        vip_until_if_paid: Some(NOW),
        quantity: 2,
        amount_total: fen(3_980),
        amount_refunded: fen(1_000),
        amount_refunding: fen(980),
        refunds: vec![
            refund(RefundStatus::Succeeded, Some(NOW)),
            refund(RefundStatus::Processing, None),
        ],
        merchant_name: "会员中心".into(),
        created_at: NOW,
        expires_at: NOW.plus_ms(900_000),
        confirmed_at: Some(NOW),
        server_now: NOW,
        last_query: Some(LastQuery {
            state: QueriedState::NotPaid,
            description: Some("订单未支付".into()),
            at: NOW,
        }),
        watch_token: Some("token".into()),
        is_payable: true,
        bridge: Some(bridge()),
        benefits: vec![
            Benefit::Vip { until: NOW },
            Benefit::Voucher { code: "A-1".into() },
        ],
        attention: Some(Attention::UnderReview),
    }
}

fn refund(status: RefundStatus, ended_at: Option<UnixMillis>) -> RefundView {
    RefundView {
        out_refund_no: "R1".into(),
        amount: Fen::new(500).expect("an amount"),
        status,
        requested_at: NOW,
        ended_at,
    }
}

fn bridge() -> BridgeParams {
    BridgeParams {
        app_id: "wx1".into(),
        time_stamp: "1798776000".into(),
        nonce_str: "n".into(),
        package: "prepay_id=1".into(),
        sign_type: "MD5".into(),
        pay_sign: "S".into(),
    }
}

fn translations() -> Translations {
    Translations {
        zh_tw: Some("一".into()),
        en: Some("one".into()),
    }
}

fn local() -> LocalText {
    LocalText {
        zh_cn: "一".into(),
        zh_tw: Some("一".into()),
        en: Some("one".into()),
    }
}

pub(crate) fn catalog() -> CatalogView {
    CatalogView {
        merchant_name: "会员中心".into(),
        products: vec![ProductView {
            id: ProductId::parse("vip-month").expect("an id"),
            kind: ProductKind::Vip,
            title: "VIP 月度会员".into(),
            title_translations: translations(),
            subtitle: "31 天".into(),
            subtitle_translations: translations(),
            description: Some(local()),
            validity: Some(local()),
            how_to_use: Some(local()),
            vip_days: Some(31),
            price: Fen::new(1_990).expect("a price"),
            price_before: Fen::new(2_990),
            is_best_value: true,
            stock_left: Some(3),
        }],
    }
}

pub(crate) fn session() -> SessionView {
    SessionView {
        is_signed_in: true,
        shop: Some(ShopView {
            name: "会员中心".into(),
            contact: Some("tel:+8675512345678".into()),
            voucher_name: Some(local()),
        }),
    }
}

pub(crate) fn benefits() -> BenefitsView {
    BenefitsView {
        vip_until: Some(NOW),
        vouchers: vec![OwnedVoucher {
            order_id: OrderId::parse(ORDER).expect("a number"),
            title: "咖啡兑换券".into(),
            code: "A-1".into(),
        }],
    }
}

pub(crate) fn problem() -> Problem {
    Problem {
        code: ErrorCode::SoldOut,
        status: 409,
        title: "sold out".into(),
        detail: Some("none left".into()),
        request_id: "r".into(),
    }
}

pub(crate) fn orders() -> OrderListView {
    OrderListView {
        orders: vec![order()],
    }
}

/// As the server writes it.
pub(crate) fn written<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).expect("it can be written")
}

/// What the very first server sent, with nothing that came later.
pub(crate) fn minimal_order() -> Value {
    json!({
        "id": ORDER, "status": "unprocessed", "seq": 1, "product_id": "vip-month",
        "product_kind": "vip", "title": "VIP", "quantity": 1, "amount_total": 1990,
        "merchant_name": "会员中心", "created_at": 1, "expires_at": 2, "server_now": 1,
        "is_payable": true,
    })
}
