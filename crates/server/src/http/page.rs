//! The built page: hashed names for ever, `/` fresh each time, brotli where it was made ahead.

use std::path::Path;

use axum::Router;
use axum::extract::Request;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use tower_http::services::ServeDir;
use wechat_checkout_protocol::ErrorCode;

use super::answer::Refused;

/// Trunk puts a hash of the content of this many hex digits into file names.
const HASH_DIGITS_MIN: usize = 12;

/// The longest path of a file.
const PATH_BYTES_MAX: usize = 1_024;

/// The longest name that file systems take.
const NAME_BYTES_MAX: usize = 255;

pub(super) fn router(page_dir: Option<&Path>) -> Router {
    let router = match page_dir {
        Some(dir) => Router::new().fallback_service(ServeDir::new(dir).precompressed_br()),
        None => Router::new().fallback(|| async { Refused::from(ErrorCode::NotFound) }),
    };
    router.layer(from_fn(cache_and_refuse))
}

async fn cache_and_refuse(request: Request, next: Next) -> Response {
    if !can_be_a_file(request.uri().path()) {
        return Refused::from(ErrorCode::NotFound).into_response();
    }
    let is_hashed = has_content_hash(request.uri().path());
    let mut response = next.run(request).await;
    match response.status() {
        StatusCode::NOT_FOUND => Refused::from(ErrorCode::NotFound).into_response(),
        StatusCode::METHOD_NOT_ALLOWED => {
            Refused::from(ErrorCode::MethodNotAllowed).into_response()
        }
        StatusCode::INTERNAL_SERVER_ERROR => Refused::from(ErrorCode::Unavailable).into_response(),
        status => {
            let value = match (
                status.is_success() || status == StatusCode::NOT_MODIFIED,
                is_hashed,
            ) {
                (true, true) => "public, max-age=31536000, immutable",
                (true, false) => "no-cache",
                // An error that a cache keeps is a white page that nobody can reload.
                (false, _) => "no-store",
            };
            let _ = response
                .headers_mut()
                .insert(CACHE_CONTROL, HeaderValue::from_static(value));
            response
        }
    }
}

/// Whether the page's folder may have such a file. File systems have limits and names of their own,
/// and fail where these are not kept: so they are not asked for what Trunk never writes.
fn can_be_a_file(path: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~@+,=".contains(&byte);
    path.len() <= PATH_BYTES_MAX
        && path.split('/').skip(1).all(|name| {
            name.len() <= NAME_BYTES_MAX && !name.starts_with('.') && name.bytes().all(is_plain)
        })
}

/// `wechat-checkout-page-0123456789abcdef_bg.wasm` has one, `favicon.ico` has none.
fn has_content_hash(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.split(['-', '_', '.']).any(|part| {
        part.len() >= HASH_DIGITS_MIN && part.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

#[cfg(test)]
mod tests {
    use super::{can_be_a_file, has_content_hash};

    #[test]
    fn only_plain_names_are_looked_for() {
        for path in [
            "/",
            "/boot.js",
            "/npm/wechat-checkout.js",
            "/style-8d3cb4a1f7e2c905.css",
        ] {
            assert!(can_be_a_file(path), "{path}");
        }
        let long = format!("/{}", "x".repeat(300));
        let deep = "/x".repeat(600);
        for path in [
            long.as_str(),
            deep.as_str(),
            "/../etc/passwd",
            "/.git/config",
            "/a/./b",
            "/%2e%2e/x",
            "/a%00b",
            "/a%0ab",
            "/%ff",
            "/a\\b",
            "/a:b",
            "/a b",
            "/con|aux",
            "/文件",
        ] {
            assert!(!can_be_a_file(path), "{path}");
        }
    }

    #[test]
    fn only_names_with_a_content_hash_are_kept_for_ever() {
        assert!(has_content_hash(
            "/wechat-checkout-page-0123456789abcdef_bg.wasm"
        ));
        assert!(has_content_hash("/style-8d3cb4a1f7e2c905.css"));
        assert!(!has_content_hash("/"));
        assert!(!has_content_hash("/boot.js"));
        assert!(!has_content_hash("/favicon.svg"));
    }
}
