//! One product of the shop.

use wechat_checkout_protocol::{ProductId, ProductView};
use yew::prelude::*;

use super::{marks::chevron, yuan};
use crate::text::{Texts, fill};

/// Fewer than this are worth a word.
const FEW_LEFT: u32 = 10;

/// A button as large as the card; off when sold out.
pub fn product_card(product: &ProductView, texts: &Texts, on_choose: &Callback<ProductId>) -> Html {
    let is_sold_out = product.stock_left == Some(0);
    let is_best = product.is_best_value && !is_sold_out;
    let onclick = {
        let (on_choose, id) = (on_choose.clone(), product.id.clone());
        move |_| on_choose.emit(id.clone())
    };
    html! {
        <button type="button" key={product.id.as_str()} class="wc-product"
            data-best={is_best.then_some("")}
            data-test={["product-", product.id.as_str()].concat()}
            disabled={is_sold_out} {onclick}>
            <span class="wc-product__words">
                <span class="wc-product__title">
                    { product.title.clone() }
                    { badge(product, texts) }
                </span>
                if !product.subtitle.is_empty() {
                    <span class="wc-product__subtitle">{ &product.subtitle }</span>
                }
            </span>
            <span class="wc-product__prices">
                <span class="wc-product__price">{ yuan(product.price) }</span>
                if let Some(before) = product.price_before {
                    <s class="wc-product__before">
                        <span class="wc-offscreen">{ fill(texts.price_before, &yuan(before)) }</span>
                        <span aria-hidden="true">{ yuan(before) }</span>
                    </s>
                }
            </span>
            { chevron() }
        </button>
    }
}

fn badge(product: &ProductView, texts: &Texts) -> Html {
    match product.stock_left {
        Some(0) => html! { <span class="wc-badge wc-badge--quiet">{ texts.sold_out }</span> },
        _ if product.is_best_value => html! { <span class="wc-badge">{ texts.best_value }</span> },
        Some(left) if left < FEW_LEFT => html! {
            <span class="wc-badge wc-badge--few">{ fill(texts.stock_left, &left.to_string()) }</span>
        },
        _ => Html::default(),
    }
}
