//! Paths, named once.

use crate::OrderId;

/// `GET`: what is sold.
pub const CATALOG: &str = "/api/catalog";
/// `GET`: who is buying.
pub const SESSION: &str = "/api/session";
/// `POST`: signs the buyer out on this device.
pub const SIGN_OUT: &str = "/api/session/end";

/// `GET`: what the buyer owns.
pub const BENEFITS: &str = "/api/benefits";
/// `GET`, query `path` (a path of this site) and `origin` (one of the configured public origins):
/// an SVG QR code of that address, for the screen that says "open in WeChat".
pub const QR: &str = "/api/qr.svg";
/// `POST` places an order, `GET` lists the buyer's.
pub const ORDERS: &str = "/api/orders";
/// `GET`, navigated to: signs the buyer in with WeChat and comes back.
/// Query: `return_to` (a path of this site) and `origin` (one of the configured public origins).
pub const OAUTH_START: &str = "/oauth/start";
/// `GET`: where WeChat's OAuth page sends the buyer.
pub const OAUTH_CALLBACK: &str = "/oauth/callback";
/// `POST`, called by WeChat: a payment.
pub const NOTIFY_PAYMENT: &str = "/wechat/v2/notify/payment";
/// `POST`, called by WeChat: a refund.
pub const NOTIFY_REFUND: &str = "/wechat/v2/notify/refund";
/// `GET`: the process lives.
pub const HEALTHZ: &str = "/healthz";
/// `GET`: the process can serve.
pub const READYZ: &str = "/readyz";
/// `GET`: Prometheus text.
pub const METRICS: &str = "/metrics";
/// `GET`: the OpenAPI document.
pub const OPENAPI: &str = "/api/openapi.json";

/// `GET`: one order.
#[must_use]
pub fn order(id: &OrderId) -> String {
    [ORDERS, "/", id.as_str()].concat()
}

/// `POST`: fresh bridge parameters.
#[must_use]
pub fn bridge(id: &OrderId) -> String {
    [ORDERS, "/", id.as_str(), "/bridge"].concat()
}

/// `POST`: what the bridge said.
#[must_use]
pub fn report(id: &OrderId) -> String {
    [ORDERS, "/", id.as_str(), "/report"].concat()
}

/// `GET`, upgraded: the watch socket.
#[must_use]
pub fn watch(id: &OrderId) -> String {
    [ORDERS, "/", id.as_str(), "/watch"].concat()
}
