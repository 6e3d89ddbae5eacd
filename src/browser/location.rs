//! The address of the page.

use wasm_bindgen::JsValue;
use web_sys::UrlSearchParams;

/// The query of the page's address, to read and to change.
#[derive(Clone, Debug)]
pub struct Query(UrlSearchParams);

impl Query {
    /// The query as it is now.
    #[must_use]
    pub fn current() -> Query {
        let search = super::window().location().search().unwrap_or_default();
        let params = UrlSearchParams::new_with_str(&search);
        Query(params.expect("any text is a query"))
    }

    /// The first value of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        self.0.get(name)
    }

    /// The query with one value set.
    #[must_use]
    pub fn with(self, name: &str, value: &str) -> Query {
        self.0.set(name, value);
        self
    }

    /// The query without that name.
    #[must_use]
    pub fn without(self, name: &str) -> Query {
        self.0.delete(name);
        self
    }

    /// The path of this page with this query.
    fn path(&self) -> String {
        let path = super::window().location().pathname().unwrap_or_default();
        let query = String::from(self.0.to_string());
        if query.is_empty() {
            path
        } else {
            [&path, "?", &query].concat()
        }
    }
}

/// Scheme, host and port of the page.
#[must_use]
pub fn origin() -> String {
    super::window().location().origin().unwrap_or_default()
}

/// The same for sockets.
#[must_use]
pub fn socket_origin() -> String {
    socket_scheme(&origin())
}

/// The same address for sockets: `http…` becomes `ws…`, so `https…` becomes `wss…`.
#[must_use]
pub fn socket_scheme(address: &str) -> String {
    match address.strip_prefix("http") {
        Some(rest) => ["ws", rest].concat(),
        None => address.to_owned(),
    }
}

/// Path and query of the page: what `return_to` and QR codes carry.
#[must_use]
pub fn path_and_query() -> String {
    let location = super::window().location();
    [
        location.pathname().unwrap_or_default(),
        location.search().unwrap_or_default(),
    ]
    .concat()
}

/// A new entry in the page's history.
pub fn push_query(query: &Query) {
    if let Ok(history) = super::window().history() {
        let path = query.path();
        // Browsers limit the rate of such calls; then the address stays old and nothing else.
        let _rate_limited = history.push_state_with_url(&JsValue::NULL, "", Some(&path));
    }
}

/// The same entry with another address.
pub fn replace_query(query: &Query) {
    if let Ok(history) = super::window().history() {
        let path = query.path();
        let _rate_limited = history.replace_state_with_url(&JsValue::NULL, "", Some(&path));
    }
}

/// Leaves the page for another address, without an entry to come back to.
pub fn replace_location(address: &str) {
    if super::window().location().replace(address).is_err() {
        super::log_error("the browser refused to leave the page");
    }
}
