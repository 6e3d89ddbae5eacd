//! Money on its way back: how much, since when, what comes next, and what stays with the buyer.

use wechat_checkout_protocol::{
    Fen, OrderStatus, OrderView, ProductKind, RefundStatus, RefundView,
};
use yew::{Html, html};

use super::yuan;
use crate::text::{Moment, Texts, fill};

/// A card with a line for each refund; nothing when there is none.
pub(super) fn refunds(order: &OrderView, texts: &'static Texts) -> Html {
    if order.refunds.is_empty() {
        return Html::default();
    }
    let is_part = order.status == OrderStatus::Confirmed;
    html! {
        <section class="wc-card wc-refunds" data-test="refunds">
            <dl class="wc-details">{ for order.refunds.iter().map(|refund| row(refund, texts)) }</dl>
            if is_part {
                if order.amount_refunding > Fen::ZERO {
                    <p class="wc-caption">{ texts.refunding_text }</p>
                }
                <p data-test="refund-rest">{ rest(order, texts) }</p>
            }
        </section>
    }
}

/// The newest word about parts that go or went back, in a few words; `None` when the order is whole,
/// or goes back as a whole.
pub(super) fn part(order: &OrderView, texts: &Texts) -> Option<String> {
    if order.status != OrderStatus::Confirmed {
        return None;
    }
    let (sentence, amount) = if order.amount_refunding > Fen::ZERO {
        (texts.part_refunding, order.amount_refunding)
    } else {
        (texts.part_refunded, order.amount_refunded)
    };
    (amount > Fen::ZERO).then(|| fill(sentence, &yuan(amount)))
}

/// What was paid and does not go back.
fn rest(order: &OrderView, texts: &Texts) -> String {
    let back = order.amount_refunded.checked_add(order.amount_refunding);
    let rest = back.and_then(|back| order.amount_total.checked_sub(back));
    let sentence = match order.product_kind {
        ProductKind::Vip => texts.rest_vip,
        ProductKind::Voucher => texts.rest_voucher,
    };
    rest.map(|rest| fill(sentence, &yuan(rest)))
        .unwrap_or_default()
}

fn row(refund: &RefundView, texts: &Texts) -> Html {
    let amount = yuan(refund.amount);
    let words = match refund.status {
        RefundStatus::Processing => fill(texts.part_refunding, &amount),
        RefundStatus::Succeeded => fill(texts.part_refunded, &amount),
        RefundStatus::Failed => [&amount, " ", texts.refund_failed].concat(),
    };
    let at = refund.ended_at.unwrap_or(refund.requested_at);
    html! {
        <div class="wc-details__row">
            <dt>{ words }</dt>
            <dd>{ (texts.date_and_time)(Moment::of(at)) }</dd>
        </div>
    }
}
