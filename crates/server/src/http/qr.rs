//! `GET /api/qr.svg`: this page as a QR code, for people who are not in WeChat yet.

use axum::extract::{Query, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use serde::Deserialize;
use wechat_checkout_protocol::{ErrorCode, Problem, routes};

use super::answer::Refused;
use super::oauth::own_path;
use crate::app::SharedApp;

#[derive(Debug, Deserialize)]
pub(super) struct QrQuery {
    origin: Option<String>,
    path: Option<String>,
}

/// Only addresses of this site: nobody gets a QR code of his own with our name above it.
#[utoipa::path(
    get, path = routes::QR,
    params(
        ("origin" = Option<String>, Query, description = "one of the public origins"),
        ("path" = Option<String>, Query, description = "a path of this site"),
    ),
    responses(
        (status = 200, description = "an SVG image", content_type = "image/svg+xml"),
        (status = 400, description = "unreadable or out of range", body = Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn get_qr(
    State(app): State<SharedApp>,
    Query(query): Query<QrQuery>,
) -> Result<Response, Refused> {
    let canonical = app.public_origins.first().cloned().unwrap_or_default();
    let origin = query
        .origin
        .filter(|origin| app.is_own_origin(origin))
        .unwrap_or(canonical);
    let address = [origin, own_path(query.path)?].concat();
    let code = QrCode::with_error_correction_level(address.as_bytes(), EcLevel::M)
        .map_err(|_| Refused::detailed(ErrorCode::BadRequest, "the address is too long"))?;
    let image = code
        .render::<svg::Color<'_>>()
        .min_dimensions(240, 240)
        .dark_color(svg::Color("#111111"))
        .light_color(svg::Color("#ffffff"))
        .build();
    Ok(([(CONTENT_TYPE, "image/svg+xml")], image).into_response())
}
