//! What an order delivered.

use wechat_checkout_protocol::{Benefit, OrderView, ProductKind};
use yew::{Html, html};

use super::copy_button::copy_button;
use crate::text::{Moment, Texts, fill};

/// A card with one row per benefit, and how to use it; nothing when there is none.
pub(super) fn delivered(order: &OrderView, texts: &'static Texts) -> Html {
    if order.benefits.is_empty() {
        return Html::default();
    }
    let title = match order.product_kind {
        ProductKind::Vip => texts.activated,
        ProductKind::Voucher => texts.delivered,
    };
    html! {
        <section class="wc-card wc-delivered" data-test="delivered">
            <h2 class="wc-card__title">{ title }</h2>
            { for order.benefits.iter().map(|benefit| row(benefit, texts)) }
            if order.product_kind == ProductKind::Voucher {
                if let Some(validity) = &order.validity {
                    { said(texts.validity, texts.local(validity)) }
                }
            }
            if let Some(how_to_use) = &order.how_to_use {
                { said(texts.how_to_use, texts.local(how_to_use)) }
            }
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
                <code class="wc-code" translate="no">{ code }</code>
                { copy_button(code, &[texts.voucher_code, " ", code].concat(), texts) }
            </div>
        },
    }
}

fn said(label: &str, text: &str) -> Html {
    html! { <p class="wc-said"><span>{ label }</span>{ text }</p> }
}
