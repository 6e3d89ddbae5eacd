//! One product of the shop.

use wechat_checkout_protocol::{ProductId, ProductKind, ProductView};
use yew::prelude::*;

use super::{
    marks::chevron,
    stepper::{quantity_max, stepper},
    yuan,
};
use crate::text::{Texts, fill};

/// Fewer than this are worth a word.
const FEW_LEFT: u32 = 10;

/// A button as large as the card; off when sold out. Of vouchers more than one can be had at once:
/// `on_count` hears how many, `on_choose` which product.
pub fn product_card(
    product: &ProductView,
    quantity: u32,
    texts: &Texts,
    on_choose: &Callback<ProductId>,
    on_count: &Callback<(ProductId, u32)>,
) -> Html {
    let is_sold_out = product.stock_left == Some(0);
    let is_best = product.is_best_value && !is_sold_out;
    let title = texts.translated(&product.title, &product.title_translations);
    let subtitle = texts.translated(&product.subtitle, &product.subtitle_translations);
    let max = quantity_max(product);
    let is_counted = product.kind == ProductKind::Voucher && max > 1;
    let quantity = if is_counted {
        quantity.clamp(1, max)
    } else {
        1
    };
    let onclick = {
        let (on_choose, id) = (on_choose.clone(), product.id.clone());
        move |_| on_choose.emit(id.clone())
    };
    let on_step = {
        let (on_count, id) = (on_count.clone(), product.id.clone());
        Callback::from(move |quantity| on_count.emit((id.clone(), quantity)))
    };
    html! {
        <div class="wc-offer" key={product.id.as_str()} data-counted={is_counted.then_some("")}>
            <button type="button" class="wc-product"
                data-best={is_best.then_some("")}
                data-test={["product-", product.id.as_str()].concat()}
                disabled={is_sold_out} {onclick}>
                <span class="wc-product__words">
                    <span class="wc-product__title"><span>{ title }</span>{ badge(product, texts) }</span>
                    if !subtitle.is_empty() {
                        <span class="wc-product__subtitle">{ subtitle }</span>
                    }
                </span>
                { prices(product, quantity, texts) }
                if !is_counted { { chevron() } }
            </button>
            if is_counted { { stepper(quantity, max, title, texts, &on_step) } }
        </div>
    }
}

/// What all units cost; above one also how that comes about.
fn prices(product: &ProductView, quantity: u32, texts: &Texts) -> Html {
    let total = product.price.checked_mul(quantity).unwrap_or(product.price);
    html! {
        <span class="wc-product__prices" translate="no" key={quantity}>
            <span class="wc-product__price">{ yuan(total) }</span>
            if quantity > 1 {
                <span class="wc-product__before">
                    { [&yuan(product.price), " ×", &quantity.to_string()].concat() }
                </span>
            } else if let Some(before) = product.price_before {
                <s class="wc-product__before">
                    <span class="wc-offscreen">{ fill(texts.price_before, &yuan(before)) }</span>
                    <span aria-hidden="true">{ yuan(before) }</span>
                </s>
            }
        </span>
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
