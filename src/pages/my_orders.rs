//! What the buyer ordered and owns.

use wechat_checkout_protocol::OrderId;
use yew::prelude::*;

use crate::{
    api::ApiClient,
    browser,
    components::{OrderRow, rows_skeleton, trouble_panel, vip_card, voucher_row},
    hooks::{Answer, use_answer},
    text::Texts,
};

const SKELETON_ROWS: usize = 4;

/// Properties of [`MyOrders`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct MyOrdersProps {
    /// The server.
    pub api: ApiClient,
    /// The language.
    pub texts: &'static Texts,
    /// The buyer wants to see an order.
    pub on_open: Callback<OrderId>,
    /// The buyer goes back to the shop.
    pub on_shop: Callback<()>,
}

/// Membership, vouchers, orders: newest first.
#[component]
pub fn MyOrders(props: &MyOrdersProps) -> Html {
    let texts = props.texts;
    let orders = use_answer({
        let api = props.api.clone();
        move || {
            let api = api.clone();
            Box::pin(async move { api.orders().await })
        }
    });
    let benefits = use_answer({
        let api = props.api.clone();
        move || {
            let api = api.clone();
            Box::pin(async move { api.benefits().await })
        }
    });
    let heading = use_node_ref();
    let on_shop = {
        let on_shop = props.on_shop.clone();
        move |_| on_shop.emit(())
    };
    html! {
        <main class="wc-page">
            <header class="wc-header">
                <h1 class="wc-header__title">{ texts.my_orders }</h1>
                <button type="button" class="wc-link" data-test="back-to-shop" onclick={on_shop}>
                    { texts.shop_title }
                </button>
            </header>
            { match &benefits.answer {
                Answer::Here(benefits) => html! {
                    <>
                        { vip_card(benefits.vip_until, browser::now(), texts) }
                        if !benefits.vouchers.is_empty() {
                            <h2 class="wc-group">{ texts.my_vouchers }</h2>
                            <div class="wc-list">
                                { for benefits.vouchers.iter().map(|voucher| {
                                    voucher_row(voucher, texts)
                                }) }
                            </div>
                        }
                    </>
                },
                Answer::Awaited => html! { <div class="wc-vip wc-skeleton"><i class="wc-bone" /></div> },
                Answer::Missing(_) => Html::default(),
            } }
            <h2 class="wc-group">{ texts.my_orders }</h2>
            <div data-test="order-list">
                { match &orders.answer {
                    Answer::Awaited => rows_skeleton(SKELETON_ROWS),
                    Answer::Here(list) if list.orders.is_empty() => html! {
                        <p class="wc-empty">{ texts.no_orders }</p>
                    },
                    Answer::Here(list) => html! {
                        <div class="wc-list">
                            { for list.orders.iter().map(|order| html! {
                                <OrderRow key={order.id.as_str()} order={order.clone()} {texts}
                                    on_open={props.on_open.clone()} />
                            }) }
                        </div>
                    },
                    Answer::Missing(trouble) => {
                        let on_retry = orders.on_retry.clone();
                        trouble_panel(trouble, texts, &heading, on_retry, Html::default())
                    }
                } }
            </div>
        </main>
    }
}
