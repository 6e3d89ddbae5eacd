//! The small print of an order: what, to whom, which number.

use wechat_checkout_protocol::{OrderView, UnixMillis};
use yew::{Html, html};

use super::{copy_button::copy_button, title_of, yuan};
use crate::text::{Moment, Texts};

/// What else is on the screen decides what the small print says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Print {
    /// Goods and amount stand above, in large letters.
    Beside,
    /// The same, and paying did not work: support asks for the number.
    Failed,
    /// The amount stands above.
    Ended,
    /// Something is wrong or open: support asks for the number, so it is on show.
    Open,
}

/// Rows of label and value, and the order number to copy, folded until somebody asks for it.
pub(super) fn order_details(order: &OrderView, print: Print, texts: &'static Texts) -> Html {
    let is_open = matches!(print, Print::Open | Print::Failed);
    let when = |instant: UnixMillis| (texts.date_and_time)(Moment::of(instant));
    html! {
        <div class="wc-card wc-details">
            <dl>
                if !matches!(print, Print::Beside | Print::Failed) { { row(texts.product, &title_of(order, texts)) } }
                if print == Print::Open { { row(texts.amount, &yuan(order.amount_total)) } }
                { row(texts.merchant, &order.merchant_name) }
                if print != Print::Open { { row(texts.payment_method, texts.wechat_pay) } }
                if let Some(confirmed_at) = order.confirmed_at {
                    { row(texts.paid_at, &when(confirmed_at)) }
                } else {
                    { row(texts.ordered_at, &when(order.created_at)) }
                }
            </dl>
            <details class="wc-fold" open={is_open}>
                <summary>{ texts.order_number }</summary>
                <p class="wc-details__number" translate="no">
                    <span>{ order.id.as_str().to_owned() }</span>
                    { copy_button(order.id.as_str(), texts.order_number, texts) }
                </p>
            </details>
        </div>
    }
}

fn row(label: &str, value: &str) -> Html {
    html! { <div class="wc-details__row"><dt>{ label }</dt><dd translate="no">{ value }</dd></div> }
}
