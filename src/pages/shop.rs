//! The shop: what is sold, and the buyer's membership on top.

use wechat_checkout_protocol::{CatalogView, ProductId, ProductKind};
use yew::prelude::*;

use crate::{
    api::ApiClient,
    browser,
    components::{ProductCard, rows_skeleton, trouble_panel, vip_card},
    hooks::{Answer, use_answer},
    text::Texts,
};

const SKELETON_ROWS: usize = 3;

/// Properties of [`Shop`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct ShopProps {
    /// The server.
    pub api: ApiClient,
    /// The language.
    pub texts: &'static Texts,
    /// The buyer chose a product.
    pub on_choose: Callback<ProductId>,
    /// The buyer wants to see his orders.
    pub on_orders: Callback<()>,
}

/// Two groups, VIP and vouchers.
#[component]
pub fn Shop(props: &ShopProps) -> Html {
    let texts = props.texts;
    let catalog = use_answer({
        let api = props.api.clone();
        move || {
            let api = api.clone();
            Box::pin(async move { api.catalog().await })
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
    let on_orders = {
        let on_orders = props.on_orders.clone();
        move |_| on_orders.emit(())
    };
    let vip_until = match &benefits.answer {
        Answer::Here(benefits) => benefits.vip_until,
        Answer::Awaited | Answer::Missing(_) => None,
    };
    let merchant = match &catalog.answer {
        Answer::Here(catalog) => catalog.merchant_name.clone(),
        Answer::Awaited | Answer::Missing(_) => texts.shop_title.to_owned(),
    };
    html! {
        <main class="wc-page">
            <header class="wc-header">
                <h1 class="wc-header__title">{ merchant }</h1>
                <button type="button" class="wc-link" data-test="my-orders" onclick={on_orders}>
                    { texts.my_orders }
                </button>
            </header>
            { match &benefits.answer {
                Answer::Awaited => html! { <div class="wc-vip wc-skeleton"><i class="wc-bone" /></div> },
                Answer::Here(_) | Answer::Missing(_) => vip_card(vip_until, browser::now(), texts),
            } }
            { match &catalog.answer {
                Answer::Awaited => html! {
                    <>
                        <h2 class="wc-group">{ texts.vip_group }</h2>
                        { rows_skeleton(SKELETON_ROWS) }
                        <h2 class="wc-group">{ texts.voucher_group }</h2>
                        { rows_skeleton(SKELETON_ROWS) }
                    </>
                },
                Answer::Here(catalog) => html! {
                    <>
                        { group(catalog, ProductKind::Vip, texts.vip_group, props) }
                        { group(catalog, ProductKind::Voucher, texts.voucher_group, props) }
                    </>
                },
                Answer::Missing(trouble) => {
                    let on_retry = catalog.on_retry.clone();
                    trouble_panel(trouble, texts, &heading, on_retry, Html::default())
                }
            } }
        </main>
    }
}

fn group(catalog: &CatalogView, kind: ProductKind, title: &str, props: &ShopProps) -> Html {
    let mut products = catalog
        .products
        .iter()
        .filter(|product| product.kind == kind)
        .peekable();
    if products.peek().is_none() {
        return Html::default();
    }
    html! {
        <section>
            <h2 class="wc-group">{ title }</h2>
            <div class="wc-list">
                { for products.map(|product| html! {
                    <ProductCard key={product.id.as_str()} product={product.clone()}
                        texts={props.texts} on_choose={props.on_choose.clone()} />
                }) }
            </div>
        </section>
    }
}
