//! A QR code of an address of this site, drawn by the server.

use js_sys::encode_uri_component;
use wechat_checkout_protocol::routes;
use yew::prelude::*;

use crate::{browser, text::Texts};

/// Properties of [`QrCode`].
#[derive(Clone, Debug, PartialEq, Properties)]
pub struct QrCodeProps {
    /// Path and query of this site.
    pub path: AttrValue,
    /// Where the server is; empty for this origin.
    #[prop_or_default]
    pub api_base: AttrValue,
    /// The language.
    pub texts: &'static Texts,
}

/// Keeps its place while it loads, and leaves it when the server cannot draw.
#[component]
pub fn QrCode(props: &QrCodeProps) -> Html {
    let is_broken = use_state_eq(|| false);
    if *is_broken {
        return Html::default();
    }
    let origin = String::from(encode_uri_component(&browser::origin()));
    let path = String::from(encode_uri_component(&props.path));
    let base: &str = &props.api_base;
    let src = [base, routes::QR, "?origin=", &origin, "&path=", &path].concat();
    let onerror = Callback::from(move |_: Event| is_broken.set(true));
    html! {
        <div class="wc-qr">
            <img {src} alt={props.texts.qr_label} width="200" height="200" {onerror} />
        </div>
    }
}
