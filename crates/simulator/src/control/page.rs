//! The control page and the description of the control API: files that travel in the program.

use axum::http::header;
use axum::response::{IntoResponse, Response};

const DOCUMENT: &str = include_str!("../../assets/control.html");
const SCRIPT: &str = include_str!("../../assets/control.js");
const STYLE: &str = include_str!("../../assets/control.css");
const OPENAPI: &str = include_str!("../../assets/openapi.json");

pub(super) async fn document() -> Response {
    file("text/html; charset=utf-8", DOCUMENT)
}

pub(super) async fn script() -> Response {
    file("text/javascript; charset=utf-8", SCRIPT)
}

pub(super) async fn style() -> Response {
    file("text/css; charset=utf-8", STYLE)
}

pub(super) async fn openapi() -> Response {
    file("application/json", OPENAPI)
}

fn file(kind: &'static str, text: &'static str) -> Response {
    (
        [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, "no-store"),
        ],
        text,
    )
        .into_response()
}
