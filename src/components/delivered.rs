//! What an order delivered.

use wechat_checkout_protocol::{Benefit, OrderView};
use yew::{Html, html};

use super::copy_button::copy_button;
use crate::text::{Moment, Texts, fill};

/// A card with one row per benefit; nothing when there is none.
pub(super) fn delivered(order: &OrderView, texts: &'static Texts) -> Html {
    if order.benefits.is_empty() {
        return Html::default();
    }
    html! {
        <section class="wc-card wc-delivered" data-test="delivered">
            <h2 class="wc-card__title">{ texts.delivered }</h2>
            { for order.benefits.iter().map(|benefit| row(benefit, texts)) }
        </section>
    }
}

fn row(benefit: &Benefit, texts: &'static Texts) -> Html {
    match benefit {
        Benefit::Vip { until } => html! {
            <p class="wc-delivered__vip">{ fill(texts.vip_until, &(texts.date)(Moment::of(*until))) }</p>
        },
        Benefit::Voucher { code } => html! {
            <div class="wc-delivered__voucher">
                <span class="wc-label">{ texts.voucher_code }</span>
                <code class="wc-code">{ code }</code>
                { copy_button(code, &[texts.voucher_code, " ", code].concat(), texts) }
            </div>
        },
    }
}
