//! What the buyer ordered and owns.

use wechat_checkout_protocol::{BenefitsView, OrderId, OrderListView};
use yew::prelude::*;

use super::{header, membership, missing};
use crate::{
    components::{order_row, rows_skeleton, voucher_row},
    storefront::{Answer, Storefront},
    text::Texts,
};

/// Membership, vouchers, orders: newest first.
pub fn my_orders(
    storefront: &Storefront,
    texts: &'static Texts,
    on_open: &Callback<OrderId>,
    on_shop: Callback<()>,
    on_sign_out: Callback<()>,
) -> Html {
    html! {
        <main class="wc-page">
            { header(texts.my_orders, "back-to-shop", texts.shop_title, on_shop) }
            { membership(storefront, texts) }
            if let Answer::Here(benefits) = &*storefront.benefits() {
                { vouchers(benefits, texts) }
            }
            <h2 class="wc-group">{ texts.all_orders }</h2>
            <div data-test="order-list">
                { match &*storefront.orders() {
                    Answer::Awaited => rows_skeleton(),
                    Answer::Here(list) => rows(list, texts, on_open),
                    Answer::Missing(trouble) => missing(trouble, texts, storefront),
                } }
            </div>
            <button type="button" class="wc-link wc-sign-out" data-test="sign-out"
                onclick={move |_| on_sign_out.emit(())}>
                { texts.sign_out }
            </button>
        </main>
    }
}

fn vouchers(benefits: &BenefitsView, texts: &'static Texts) -> Html {
    if benefits.vouchers.is_empty() {
        return Html::default();
    }
    html! {
        <>
            <h2 class="wc-group">{ texts.my_vouchers }</h2>
            <div class="wc-list">
                { for benefits.vouchers.iter().map(|voucher| voucher_row(voucher, texts)) }
            </div>
        </>
    }
}

fn rows(list: &OrderListView, texts: &Texts, on_open: &Callback<OrderId>) -> Html {
    if list.orders.is_empty() {
        return html! { <p class="wc-empty" key="none">{ texts.no_orders }</p> };
    }
    html! {
        <div class="wc-list" key="rows">
            { for list.orders.iter().map(|order| order_row(order, texts, on_open)) }
        </div>
    }
}
