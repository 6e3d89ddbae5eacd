//! The shop: what is sold, and the buyer's membership on top.

use wechat_checkout_protocol::{CatalogView, ProductId, ProductKind};
use yew::prelude::*;

use super::{header, membership, missing};
use crate::{
    components::{product_card, rows_skeleton},
    storefront::{Answer, Storefront},
    text::Texts,
};

/// Two groups, VIP and vouchers.
pub fn shop(
    storefront: &Storefront,
    texts: &'static Texts,
    on_choose: &Callback<ProductId>,
    on_orders: Callback<()>,
) -> Html {
    let catalog = storefront.catalog();
    let title = match &*catalog {
        Answer::Here(catalog) => catalog.merchant_name.as_str(),
        Answer::Awaited | Answer::Missing(_) => texts.shop_title,
    };
    let of_kind = |kind| match &*catalog {
        Answer::Here(catalog) => cards(catalog, kind, texts, on_choose),
        Answer::Awaited | Answer::Missing(_) => Some(rows_skeleton()),
    };
    html! {
        <main class="wc-page">
            { header(title, "my-orders", texts.my_orders, on_orders) }
            { membership(storefront, texts) }
            if let Answer::Missing(trouble) = &*catalog {
                { missing(trouble, texts, storefront) }
            } else {
                { group(texts.vip_group, of_kind(ProductKind::Vip)) }
                { group(texts.voucher_group, of_kind(ProductKind::Voucher)) }
            }
        </main>
    }
}

fn group(title: &'static str, list: Option<Html>) -> Html {
    match list {
        Some(list) => html! { <><h2 class="wc-group">{ title }</h2>{ list }</> },
        None => Html::default(),
    }
}

/// `None` when nothing of this kind is sold.
fn cards(
    catalog: &CatalogView,
    kind: ProductKind,
    texts: &Texts,
    on_choose: &Callback<ProductId>,
) -> Option<Html> {
    let mut products = catalog
        .products
        .iter()
        .filter(|product| product.kind == kind)
        .peekable();
    products.peek()?;
    Some(html! {
        <div class="wc-list">
            { for products.map(|product| product_card(product, texts, on_choose)) }
        </div>
    })
}
