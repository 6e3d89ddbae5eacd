//! The shop: what is sold, and the buyer's membership on top.

use wechat_checkout_protocol::{CatalogView, ProductId, ProductKind};
use yew::prelude::*;

use super::{header, membership, missing};
use crate::{
    components::{product_card, rows_skeleton},
    storefront::{Answer, Storefront},
    text::Texts,
};

/// What the buyer does at the counter.
#[derive(Debug)]
pub struct Counter<'a> {
    /// The product of which he wants another number than one.
    pub counted: Option<&'a (ProductId, u32)>,
    /// Hears how many of what.
    pub on_count: Callback<(ProductId, u32)>,
    /// Hears which product he takes.
    pub on_choose: Callback<ProductId>,
}

/// Two groups, VIP and vouchers. `on_sign_in` for a buyer who has signed out.
pub fn shop(
    storefront: &Storefront,
    texts: &'static Texts,
    counter: &Counter<'_>,
    on_orders: Callback<()>,
    on_sign_in: Option<Callback<()>>,
) -> Html {
    let catalog = storefront.catalog();
    let title = match &*catalog {
        Answer::Here(catalog) => catalog.merchant_name.as_str(),
        Answer::Awaited | Answer::Missing(_) => texts.shop_title,
    };
    let of_kind = |kind| match &*catalog {
        Answer::Here(catalog) => cards(catalog, kind, texts, counter),
        Answer::Awaited | Answer::Missing(_) => Some(rows_skeleton()),
    };
    let shop = storefront.shop();
    let vouchers = shop.as_ref().and_then(|shop| shop.voucher_name.as_ref());
    let vouchers = vouchers.map_or(texts.voucher_group, |name| texts.local(name));
    html! {
        <main class="wc-page">
            { header(title, "my-orders", texts.my_orders, on_orders) }
            if let Some(on_sign_in) = on_sign_in {
                { signed_out(texts, on_sign_in) }
            } else {
                { membership(storefront, texts) }
            }
            if let Answer::Missing(trouble) = &*catalog {
                { missing(trouble, texts, storefront) }
            } else {
                { group(texts.vip_group, of_kind(ProductKind::Vip)) }
                { group(vouchers, of_kind(ProductKind::Voucher)) }
            }
        </main>
    }
}

/// In the place of the membership.
fn signed_out(texts: &Texts, on_sign_in: Callback<()>) -> Html {
    html! {
        <div class="wc-vip" data-test="signed-out">
            <p class="wc-vip__state">{ texts.signed_out }</p>
            <button type="button" class="wc-link wc-vip__link" data-test="sign-in"
                onclick={move |_| on_sign_in.emit(())}>
                { texts.sign_in }
            </button>
        </div>
    }
}

fn group(title: &str, list: Option<Html>) -> Html {
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
    counter: &Counter<'_>,
) -> Option<Html> {
    let mut products = catalog
        .products
        .iter()
        .filter(|product| product.kind == kind)
        .peekable();
    products.peek()?;
    Some(html! {
        <div class="wc-list">
            { for products.map(|product| {
                let counted = counter.counted.filter(|(id, _)| *id == product.id);
                let quantity = counted.map_or(1, |(_, quantity)| *quantity);
                product_card(product, quantity, texts, &counter.on_choose, &counter.on_count)
            }) }
        </div>
    })
}
