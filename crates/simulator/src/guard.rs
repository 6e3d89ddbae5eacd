//! Who may talk to the simulator: programs and its own pages, but no page of another origin.
//!
//! A developer's browser shows many pages, and each of them can reach this machine. Three checks
//! keep them out: the name in `Host`, so that a foreign name that was made to lead here (DNS
//! rebinding) leads nowhere; what the browser says of the page that asks; and, where something is
//! changed by the control API, a header that no foreign page can send.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use url::Url;

/// Calls of the control API that change something want this header, with any value. A page of
/// another origin would have to ask for permission to send it, and gets none.
pub const CONTROL_HEADER: &str = "x-simulator-control";

/// Names under which merchants' programs may be made to find us instead of WeChat. Nobody else can
/// lead these names here in a browser of the developer's.
const WECHATS_NAMES: [&str; 4] = [
    "api.mch.weixin.qq.com",
    "api2.mch.weixin.qq.com",
    "api.weixin.qq.com",
    "open.weixin.qq.com",
];

/// Under which names the simulator answers, and which origins are its own.
#[derive(Debug)]
pub(crate) struct Guard {
    /// Configured, in lower case.
    names: Vec<String>,
    /// Whether other machines may come, each by an address of this one.
    is_open_to_network: bool,
    /// Of gateway and app.
    ports: [u16; 2],
}

/// Why a request is not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum Refusal {
    #[error(
        "this name does not belong to the simulator; start it with --host NAME to let it answer \
         under another one"
    )]
    Name,
    #[error("the simulator takes no requests from pages of other origins")]
    ForeignPage,
    #[error(
        "what changes something wants the header `x-simulator-control: 1`, which no page of \
         another origin can send"
    )]
    NoHeader,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = match self {
            Refusal::Name => StatusCode::MISDIRECTED_REQUEST,
            Refusal::ForeignPage | Refusal::NoHeader => StatusCode::FORBIDDEN,
        };
        let body = json!({ "title": self.to_string(), "status": status.as_u16() }).to_string();
        let kind = HeaderValue::from_static("application/problem+json");
        (status, [(header::CONTENT_TYPE, kind)], body).into_response()
    }
}

impl Guard {
    /// For the two listeners' addresses, and further names that people configured.
    pub(crate) fn new(gateway: SocketAddr, client: SocketAddr, names: &[String]) -> Guard {
        Guard {
            names: names.iter().map(|name| name.to_lowercase()).collect(),
            is_open_to_network: [gateway, client].iter().any(|at| !at.ip().is_loopback()),
            ports: [gateway.port(), client.port()],
        }
    }

    /// Lets nobody in under a foreign name, to whatever the router has.
    pub(crate) fn by_name(self: &Arc<Guard>, router: Router) -> Router {
        router.layer(from_fn_with_state(Arc::clone(self), check_name))
    }

    /// Keeps pages of other origins from the simulator's own addresses, and those out of frames.
    pub(crate) fn by_origin<S>(self: &Arc<Guard>, router: Router<S>) -> Router<S>
    where
        S: Clone + Send + Sync + 'static,
    {
        router.layer(from_fn_with_state(Arc::clone(self), check_origin))
    }

    /// Whether the simulator answers under this name or address.
    fn answers_as(&self, host: &str) -> bool {
        let host = host.to_lowercase();
        let literal = host.trim_start_matches('[').trim_end_matches(']');
        match literal.parse::<IpAddr>() {
            // An address is no name that somebody could lead elsewhere.
            Ok(address) => address.is_loopback() || self.is_open_to_network,
            Err(_) => {
                host == "localhost"
                    || WECHATS_NAMES.contains(&host.as_str())
                    || self.names.contains(&host)
            }
        }
    }

    /// Whether a browser says that another origin's page asks. A visit by link is nobody's asking:
    /// the page that had the link does not see the answer.
    pub(crate) fn is_foreign(&self, method: &Method, headers: &HeaderMap) -> bool {
        let site = text(headers, "sec-fetch-site");
        match text(headers, "origin") {
            Some(origin) => !self.is_own(origin, site),
            None => matches!(site, Some("cross-site" | "same-site")) && !is_visit(method, headers),
        }
    }

    /// A page at one of our ports, or one that a development server shows and whose calls it
    /// passes on: for the browser, the same origin.
    fn is_own(&self, origin: &str, site: Option<&str>) -> bool {
        let Ok(origin) = origin.parse::<Url>() else {
            return false;
        };
        let port = origin.port_or_known_default();
        let is_at_home = port.is_some_and(|port| self.ports.contains(&port));
        origin.host_str().is_some_and(|host| self.answers_as(host))
            && (is_at_home || site == Some("same-origin"))
    }
}

/// A browser that follows a link to a document of its own window.
fn is_visit(method: &Method, headers: &HeaderMap) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
        && text(headers, "sec-fetch-mode") == Some("navigate")
        && text(headers, "sec-fetch-dest") == Some("document")
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    // What cannot be read belongs to nobody: it is compared, and never equal.
    headers
        .get(name)
        .map(|value| value.to_str().unwrap_or("unreadable"))
}

async fn check_name(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    let of_header = request.headers().get(header::HOST).map(|host| {
        let host = host.to_str().ok()?;
        host.parse::<Authority>().ok()
    });
    let of_target = request.uri().authority().cloned().map(Some);
    let mut named = of_header.into_iter().chain(of_target).peekable();
    let is_named = named.peek().is_some();
    let is_ours =
        |at: Option<Authority>| at.is_some_and(|authority| guard.answers_as(authority.host()));
    if is_named && named.all(is_ours) {
        next.run(request).await
    } else {
        Refusal::Name.into_response()
    }
}

async fn check_origin(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    if guard.is_foreign(request.method(), request.headers()) {
        return Refusal::ForeignPage.into_response();
    }
    let mut response = next.run(request).await;
    for (name, value) in [
        ("cross-origin-resource-policy", "same-origin"),
        ("x-content-type-options", "nosniff"),
        // Else a foreign page could lay its own over our buttons.
        ("x-frame-options", "DENY"),
    ] {
        let name = HeaderName::from_static(name);
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

/// Demands [`CONTROL_HEADER`] of everything that is more than reading.
pub(crate) fn demand_header(router: Router) -> Router {
    router.layer(from_fn(check_header))
}

async fn check_header(request: Request, next: Next) -> Response {
    let only_reads = matches!(*request.method(), Method::GET | Method::HEAD);
    if only_reads || request.headers().contains_key(CONTROL_HEADER) {
        next.run(request).await
    } else {
        Refusal::NoHeader.into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A request, what the browser says of it, and whether it is a foreign page's.
    type Row = (Method, &'static [(&'static str, &'static str)], bool);

    fn guard(address: &str) -> Guard {
        let at = |port: u16| SocketAddr::new(address.parse().expect("an address"), port);
        Guard::new(at(8089), at(8088), &["Phone.Test".to_owned()])
    }

    #[test]
    fn it_answers_under_its_own_names_only() {
        let here = guard("127.0.0.1");
        let ours = ["127.0.0.1", "localhost", "LOCALHOST", "[::1]", "phone.test"];
        assert!(ours.iter().all(|name| here.answers_as(name)));
        let foreign = [
            "evil.test",
            "localhost.evil.test",
            "127.0.0.1.nip.io",
            "192.168.1.9",
            "",
        ];
        for name in foreign {
            assert!(!here.answers_as(name), "{name}");
        }
        let open = guard("0.0.0.0");
        assert!(open.answers_as("192.168.1.9"));
        assert!(!open.answers_as("evil.test"), "a name can be led elsewhere");
    }

    #[test]
    fn what_the_browser_says_of_the_page_decides() {
        const GET: Method = Method::GET;
        const POST: Method = Method::POST;
        let rows: [Row; 14] = [
            (POST, &[], false),
            (POST, &[("origin", "http://127.0.0.1:8088")], false),
            (POST, &[("origin", "http://localhost:8089")], false),
            (POST, &[("origin", "http://127.0.0.1:3000")], true),
            (POST, &[("origin", "https://evil.test")], true),
            (POST, &[("origin", "http://evil.test:8089")], true),
            (POST, &[("origin", "null")], true),
            (
                POST,
                &[
                    ("origin", "http://127.0.0.1:8000"),
                    ("sec-fetch-site", "same-origin"),
                ],
                false,
            ),
            (
                POST,
                &[
                    ("origin", "http://evil.test"),
                    ("sec-fetch-site", "same-origin"),
                ],
                true,
            ),
            (GET, &[("sec-fetch-site", "none")], false),
            (GET, &[("sec-fetch-site", "same-origin")], false),
            (
                GET,
                &[("sec-fetch-site", "same-site"), ("sec-fetch-dest", "image")],
                true,
            ),
            (
                GET,
                &[
                    ("sec-fetch-site", "cross-site"),
                    ("sec-fetch-mode", "navigate"),
                    ("sec-fetch-dest", "document"),
                ],
                false,
            ),
            (
                GET,
                &[
                    ("sec-fetch-site", "cross-site"),
                    ("sec-fetch-mode", "navigate"),
                    ("sec-fetch-dest", "iframe"),
                ],
                true,
            ),
        ];
        for (method, told, is_foreign) in rows {
            let mut headers = HeaderMap::new();
            for (name, value) in told {
                headers.insert(*name, HeaderValue::from_static(value));
            }
            let judged = guard("127.0.0.1").is_foreign(&method, &headers);
            assert_eq!(judged, is_foreign, "{method} {told:?}");
        }
    }
}
