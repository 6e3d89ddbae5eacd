//! How many of a product: one less, the number, one more.

use wechat_checkout_protocol::{PlaceOrder, ProductView};
use yew::prelude::*;

use super::news;
use crate::text::Texts;

/// As many as one order takes, and as there are.
pub(super) fn quantity_max(product: &ProductView) -> u32 {
    let stock = product.stock_left.unwrap_or(PlaceOrder::QUANTITY_MAX);
    stock.min(PlaceOrder::QUANTITY_MAX)
}

/// Stays between one and `max`; `title` names the product for who cannot see it.
pub(super) fn stepper(
    quantity: u32,
    max: u32,
    title: &str,
    texts: &Texts,
    on_count: &Callback<u32>,
) -> Html {
    let step = |hook: &'static str, sign: &'static str, label: &str, to: u32| {
        let on_count = on_count.clone();
        html! {
            <button type="button" class="wc-stepper__step" data-test={hook}
                aria-label={[label, " ", title].concat()}
                disabled={to < 1 || to > max} onclick={move |_| on_count.emit(to)}>
                { sign }
            </button>
        }
    };
    html! {
        <span class="wc-stepper" translate="no">
            { step("quantity-less", "−", texts.quantity_less, quantity.saturating_sub(1)) }
            <output data-test="quantity" aria-label={texts.quantity}>
                { news(&quantity.to_string()) }
            </output>
            { step("quantity-more", "+", texts.quantity_more, quantity.saturating_add(1)) }
        </span>
    }
}
