//! The page's start: puts the app into the document and tells the boot guard how it went.

use wechat_checkout::{api::ApiClient, app::App, browser};

mod boot;
#[cfg(debug_assertions)]
mod simulated_wechat;

/// Made for wasm: half the size of the one that Rust brings along, and faster.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

fn main() {
    yew::set_custom_panic_hook(Box::new(|info| boot::panicked(&info.to_string())));
    #[cfg(debug_assertions)]
    simulated_wechat::load_then(show);
    #[cfg(not(debug_assertions))]
    show(ApiClient::default());
}

fn show(api: ApiClient) {
    let Some(root) = browser::find("#app") else {
        return boot::panicked("the document has no element for the app");
    };
    let props = wechat_checkout::app::AppProps { api };
    yew::Renderer::<App>::with_root_and_props(root, props).render();
    boot::started();
}
