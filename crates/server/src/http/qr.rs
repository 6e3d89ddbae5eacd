//! `GET /api/qr.svg`: this page as a QR code, for people who are not in WeChat yet.

use axum::extract::{Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use wechat_checkout_protocol::{ErrorCode, Problem, routes};

use super::answer::Refused;
use super::return_path::own_path;
use crate::app::SharedApp;
use crate::qr_codes::DrawError;

/// A code of a longer path has so many modules that a phone does not read it from a screen.
const PATH_BYTES_MAX: usize = 256;

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
    let path = own_path(query.path)?;
    if path.len() > PATH_BYTES_MAX {
        return Err(DrawError::TooLong.into());
    }
    let image = app.qr_codes.svg(&[origin, path].concat()).await?;
    let headers = [
        (CONTENT_TYPE, "image/svg+xml"),
        (CACHE_CONTROL, "private, max-age=3600"),
    ];
    Ok((headers, image).into_response())
}

impl From<DrawError> for Refused {
    fn from(error: DrawError) -> Refused {
        match error {
            DrawError::TooLong => Refused::detailed(ErrorCode::BadRequest, error.to_string()),
            DrawError::TooMany(wait) => Refused::too_many(wait),
        }
    }
}
