//! Asking before money moves.

use std::io::{self, BufRead, Write};

use wechat_checkout_protocol::{Benefit, Fen, OrderView};

/// What the operator is asked: order, amount, and what becomes of the goods.
pub(super) fn question(order: &OrderView, amount: Fen, out_refund_no: &str) -> String {
    let gone = order.amount_refunded.checked_add(order.amount_refunding);
    let gone = gone.unwrap_or(order.amount_total);
    let before = if gone == Fen::ZERO {
        String::new()
    } else {
        format!(", of which ¥{gone} went back or is on its way")
    };
    let is_all = gone
        .checked_add(amount)
        .is_none_or(|gone| gone >= order.amount_total);
    format!(
        "Order {id}: {title} × {quantity}, ¥{total} paid{before}.\n\
         Sends ¥{amount} back as refund {out_refund_no}. {goods}\n\
         Send it back? [y/N] ",
        id = order.id,
        title = order.title,
        quantity = order.quantity,
        total = order.amount_total,
        goods = if is_all {
            goods_that_go(order)
        } else {
            "A part of the money: the goods stay with the buyer.".to_owned()
        },
    )
}

fn goods_that_go(order: &OrderView) -> String {
    let codes = order.benefits.iter();
    let codes = codes.filter(|benefit| matches!(benefit, Benefit::Voucher { .. }));
    match (order.benefits.len(), codes.count()) {
        (0, _) => "Nothing was delivered for it.".to_owned(),
        (_, 0) => "All of the money is then back, and the days of membership that are not used up \
                   are taken back."
            .to_owned(),
        (_, 1) => "All of the money is then back, and the voucher code is revoked.".to_owned(),
        (_, codes) => {
            format!("All of the money is then back, and {codes} voucher codes are revoked.")
        }
    }
}

/// Asks at the terminal. Anything but yes is no.
pub(super) fn is_given(question: &str) -> io::Result<bool> {
    let mut terminal = io::stderr();
    terminal.write_all(question.as_bytes())?;
    terminal.flush()?;
    let mut answer = String::new();
    let _ = io::stdin().lock().read_line(&mut answer)?;
    let answer = answer.trim();
    Ok(["y", "yes", "是"]
        .iter()
        .any(|yes| answer.eq_ignore_ascii_case(yes)))
}

#[cfg(test)]
mod tests {
    use wechat_checkout_protocol::OrderId;

    use super::*;

    fn order() -> OrderView {
        serde_json::from_value(serde_json::json!({
            "id": "order-0001", "status": "confirmed", "seq": 5,
            "product_id": "coffee-voucher", "product_kind": "voucher", "title": "咖啡兑换券",
            "quantity": 2, "amount_total": 3_000, "amount_refunded": 500, "merchant_name": "Shop",
            "created_at": 1_000, "expires_at": 2_000, "server_now": 1_000, "is_payable": false,
            "benefits": [
                { "kind": "voucher", "code": "CF-1" },
                { "kind": "voucher", "code": "CF-2" },
            ],
        }))
        .expect("an order")
    }

    #[test]
    fn the_question_names_order_amount_and_what_happens_to_the_goods() {
        let order = order();
        let fen = |fen| Fen::new(fen).expect("an amount");
        let rest = question(&order, fen(2_500), "Forder-0001-500");
        let id = OrderId::parse("order-0001").expect("an id");
        for part in [
            id.as_str(),
            "咖啡兑换券 × 2",
            "¥30.00 paid",
            "¥5.00 went back",
            "Sends ¥25.00 back as refund Forder-0001-500",
            "2 voucher codes are revoked",
            "[y/N]",
        ] {
            assert!(rest.contains(part), "{part}: {rest}");
        }
        let part = question(&order, fen(100), "goodwill-17");
        assert!(part.contains("the goods stay with the buyer"), "{part}");
    }
}
