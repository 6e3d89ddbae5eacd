//! The small print of an order: what, to whom, which number.

use wechat_checkout_protocol::{OrderView, UnixMillis};
use yew::{Html, html};

use super::{copy_button::copy_button, yuan};
use crate::text::{Moment, Texts};

/// Rows of label and value; the order number can be copied, because support asks for it. The amount
/// is one of them where it is not on show in large figures.
pub(super) fn order_details(order: &OrderView, has_amount: bool, texts: &'static Texts) -> Html {
    let when = |instant: UnixMillis| (texts.date_and_time)(Moment::of(instant));
    html! {
        <dl class="wc-card wc-details">
            { row(texts.product, &order.title) }
            if order.quantity > 1 { { row(texts.quantity, &order.quantity.to_string()) } }
            if has_amount { { row(texts.amount, &yuan(order.amount_total)) } }
            { row(texts.merchant, &order.merchant_name) }
            if let Some(confirmed_at) = order.confirmed_at {
                { row(texts.paid_at, &when(confirmed_at)) }
            } else {
                { row(texts.ordered_at, &when(order.created_at)) }
            }
            <div class="wc-details__row">
                <dt>{ texts.order_number }</dt>
                <dd class="wc-details__number">
                    <span>{ order.id.as_str().to_owned() }</span>
                    { copy_button(order.id.as_str(), texts.order_number, texts) }
                </dd>
            </div>
        </dl>
    }
}

fn row(label: &str, value: &str) -> Html {
    html! { <div class="wc-details__row"><dt>{ label }</dt><dd>{ value }</dd></div> }
}
