//! A QR code of an address of this site, drawn by the server.

use js_sys::encode_uri_component;
use wechat_checkout_protocol::routes;
use yew::prelude::*;

use crate::{browser, text::Texts};

/// The code of `path` (path and query of this site). It keeps its place while it loads, and leaves
/// it when the server cannot draw.
pub(super) fn qr_code(path: &str, api_base: &str, texts: &Texts) -> Html {
    let origin = String::from(encode_uri_component(&browser::origin()));
    let path = String::from(encode_uri_component(path));
    let src = [api_base, routes::QR, "?origin=", &origin, "&path=", &path].concat();
    // Straight on the element: a component with a state for this one case would cost 4 kB.
    let onerror = |event: Event| {
        if let Some(image) = event.target_dyn_into::<web_sys::HtmlElement>() {
            image.set_hidden(true);
        }
    };
    html! {
        <div class="wc-qr">
            <img {src} alt={texts.qr_label} width="200" height="200" {onerror} />
        </div>
    }
}
