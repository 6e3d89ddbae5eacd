//! The served OpenAPI document and its checked-in copy are the same.

use utoipa::OpenApi;
use wechat_checkout_server::http::openapi::Document;

const COPY: &str = include_str!("../../../../docs/openapi.json");

#[test]
fn the_checked_in_document_is_the_served_one() {
    let served = Document::openapi().to_pretty_json().unwrap();
    if served.trim() != COPY.trim() {
        let path = std::env::temp_dir().join("wechat-checkout-openapi.json");
        std::fs::write(&path, served + "\n").unwrap();
        panic!(
            "docs/openapi.json is out of date: copy {} over it",
            path.display()
        );
    }
}
