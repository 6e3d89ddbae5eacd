//! The pages of the app.

mod my_orders;
mod not_signed_in;
mod outside_wechat;
mod shop;

pub use my_orders::my_orders;
pub use not_signed_in::not_signed_in;
pub use outside_wechat::outside_wechat;
pub use shop::{Counter, shop};

use yew::{Callback, Html, html};

use crate::{
    checkout::Trouble,
    components::{news, trouble_panel},
    storefront::{Answer, Storefront},
    text::Texts,
};

/// The title of a page and one link beside it.
fn header(title: &str, hook: &'static str, link: &str, on_tap: Callback<()>) -> Html {
    html! {
        <header class="wc-header">
            <h1 class="wc-header__title" tabindex="-1">{ news(title) }</h1>
            <button type="button" class="wc-link" data-test={hook}
                onclick={move |_| on_tap.emit(())}>
                { link }
            </button>
        </header>
    }
}

/// In the place of a list that cannot be had now.
fn missing(trouble: &Trouble, texts: &'static Texts, storefront: &Storefront) -> Html {
    let shop = storefront.shop();
    let storefront = storefront.clone();
    let on_retry = Callback::from(move |()| storefront.retry());
    trouble_panel(
        trouble,
        None,
        shop.as_deref(),
        texts,
        &yew::NodeRef::default(),
        on_retry,
        Html::default(),
    )
}

/// The membership, in its own place from the start.
fn membership(storefront: &Storefront, texts: &Texts) -> Html {
    match &*storefront.benefits() {
        Answer::Awaited => crate::components::vip_skeleton(),
        Answer::Here(benefits) => {
            crate::components::vip_card(benefits.vip_until, crate::browser::now(), texts)
        }
        // The shop sells without it.
        Answer::Missing(_) => Html::default(),
    }
}
