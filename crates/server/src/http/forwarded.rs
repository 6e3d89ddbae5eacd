//! Where a request comes from, as the proxy in front says.
//!
//! `X-Forwarded-For` in the forms that proxies write, or `Forwarded` (RFC 7239) where the former
//! is absent. The last entry is the one that our own proxy wrote; those before it are whatever the
//! client claims.

use std::net::{IpAddr, SocketAddr};
use std::sync::Once;

use axum::http::HeaderMap;
use axum::http::header::FORWARDED;

const X_FORWARDED_FOR: &str = "x-forwarded-for";

/// Whether a proxy passed the request on, whoever it is.
pub(super) fn is_forwarded(headers: &HeaderMap) -> bool {
    headers.contains_key(X_FORWARDED_FOR) || headers.contains_key(FORWARDED)
}

/// The address that the proxy saw; `None` when it does not say, or not readably. That is said once
/// in the log: from then on all buyers share the proxy's own address.
pub(super) fn client_address(headers: &HeaderMap) -> Option<IpAddr> {
    static UNREADABLE: Once = Once::new();
    static ABSENT: Once = Once::new();
    if !is_forwarded(headers) {
        ABSENT.call_once(|| {
            tracing::warn!(
                "`behind_proxy` is true, and a request came without X-Forwarded-For: is it the \
                 proxy that does not set it, or somebody who went past the proxy?"
            );
        });
        return None;
    }
    let address = last_address(headers);
    if address.is_none() {
        UNREADABLE.call_once(|| {
            tracing::warn!(
                "the last entry of X-Forwarded-For, or Forwarded, is no address: buyers are taken \
                 to be where the proxy is, for WeChat and for the limits, too"
            );
        });
    }
    address
}

fn last_address(headers: &HeaderMap) -> Option<IpAddr> {
    if headers.contains_key(X_FORWARDED_FOR) {
        let entry = last_entry(headers, X_FORWARDED_FOR)?;
        return address(entry.trim());
    }
    let element = last_entry(headers, FORWARDED.as_str())?;
    let pairs = split_outside_quotes(element, ';');
    let node = pairs.into_iter().find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then_some(value)
    })?;
    address(node.trim())
}

/// The last entry of a list that may stand in several lines; blank ones are none.
fn last_entry<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get_all(name).iter().rev().find_map(|line| {
        // Text that nobody can read is no blank: what stands before it is not to be believed.
        let mut rest = line.to_str().unwrap_or("?");
        loop {
            let (before, entry) = split_last(rest);
            match before {
                Some(before) if entry.trim().is_empty() => rest = before,
                _ => return Some(entry).filter(|entry| !entry.trim().is_empty()),
            }
        }
    })
}

/// What stands before the last comma, and what behind it.
///
/// Security: read from the end, where our own proxy wrote. From the start, a quote that the client
/// opens and does not close would swallow the proxy's comma, and the client's word would count.
fn split_last(line: &str) -> (Option<&str>, &str) {
    let mut is_quoted = false;
    let comma = line.rfind(|character| {
        is_quoted ^= character == '"';
        character == ',' && !is_quoted
    });
    match comma.and_then(|at| line.split_at_checked(at)) {
        Some((before, entry)) => (Some(before), entry.get(1..).unwrap_or_default()),
        None => (None, line),
    }
}

fn split_outside_quotes(text: &str, separator: char) -> Vec<&str> {
    let mut is_quoted = false;
    text.split(|character| {
        is_quoted ^= character == '"';
        character == separator && !is_quoted
    })
    .collect()
}

/// `203.0.113.7`, `203.0.113.7:51234`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:443`, each
/// also in quotes. `unknown` and `_names` are no addresses.
fn address(text: &str) -> Option<IpAddr> {
    let text = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .unwrap_or(text);
    let in_brackets = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let address: IpAddr = text
        .parse()
        .ok()
        .or_else(|| text.parse().ok().map(|socket: SocketAddr| socket.ip()))
        .or_else(in_brackets)?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(lines: &[(&'static str, &[u8])]) -> HeaderMap {
        lines
            .iter()
            .map(|(name, value)| {
                let value = HeaderValue::from_bytes(value).expect("a test value");
                (HeaderName::from_static(name), value)
            })
            .collect()
    }

    fn read(lines: &[(&'static str, &str)]) -> Option<String> {
        let lines: Vec<_> = lines
            .iter()
            .map(|(name, value)| (*name, value.as_bytes()))
            .collect();
        last_address(&headers(&lines)).map(|address| address.to_string())
    }

    #[test]
    fn every_form_that_proxies_write_is_read() {
        for (written, meant) in [
            ("203.0.113.7", "203.0.113.7"),
            ("203.0.113.7:51234", "203.0.113.7"),
            (" 203.0.113.7 ", "203.0.113.7"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("[::ffff:203.0.113.7]:80", "203.0.113.7"),
            ("\"[2001:db8::1]:443\"", "2001:db8::1"),
            ("6.6.6.6, 203.0.113.7", "203.0.113.7"),
            ("6.6.6.6,203.0.113.7:443", "203.0.113.7"),
            ("unknown, 203.0.113.7", "203.0.113.7"),
            ("203.0.113.7, ", "203.0.113.7"),
            ("\", 203.0.113.7", "203.0.113.7"),
            ("6.6.6.6, \"6.6.6.6, 203.0.113.7", "203.0.113.7"),
        ] {
            let seen = read(&[("x-forwarded-for", written)]);
            assert_eq!(seen.as_deref(), Some(meant), "{written:?}");
        }
        let lines = [
            ("x-forwarded-for", "6.6.6.6"),
            ("x-forwarded-for", "203.0.113.7"),
        ];
        assert_eq!(read(&lines).as_deref(), Some("203.0.113.7"));
        let lines = [("x-forwarded-for", "203.0.113.7"), ("x-forwarded-for", " ")];
        assert_eq!(read(&lines).as_deref(), Some("203.0.113.7"));
    }

    #[test]
    fn the_standard_header_is_read_where_the_other_is_absent() {
        for (written, meant) in [
            ("for=203.0.113.7", "203.0.113.7"),
            (
                "for=203.0.113.7:4711;proto=https;by=10.0.0.1",
                "203.0.113.7",
            ),
            ("proto=https; FOR=\"[2001:db8::1]:443\"", "2001:db8::1"),
            ("for=6.6.6.6, for=203.0.113.7;host=\"a,b;c\"", "203.0.113.7"),
            ("for=6.6.6.6;host=\", for=203.0.113.7", "203.0.113.7"),
        ] {
            let seen = read(&[("forwarded", written)]);
            assert_eq!(seen.as_deref(), Some(meant), "{written:?}");
        }
        let both = [
            ("forwarded", "for=6.6.6.6"),
            ("x-forwarded-for", "203.0.113.7"),
        ];
        assert_eq!(read(&both).as_deref(), Some("203.0.113.7"));
        let both = [
            ("forwarded", "for=203.0.113.7"),
            ("x-forwarded-for", "unknown"),
        ];
        assert_eq!(read(&both), None, "the former is the one that counts");
    }

    #[test]
    fn what_is_no_address_is_none_and_what_stands_before_it_is_not_believed() {
        for written in [
            "",
            " ",
            ",",
            "unknown",
            "_hidden",
            "203.0.113.7, unknown",
            "203.0.113",
            "1.2.3.4.5",
            "203.0.113.7:99999",
            "[2001:db8::1",
            "2001:db8::1]",
            "203.0.113.7 6.6.6.6",
            "localhost",
            "0x7f.1",
            "\"203.0.113.7",
        ] {
            assert_eq!(read(&[("x-forwarded-for", written)]), None, "{written:?}");
        }
        for written in [
            "for=unknown",
            "for=_x",
            "by=203.0.113.7",
            "for",
            "203.0.113.7",
        ] {
            assert_eq!(read(&[("forwarded", written)]), None, "{written:?}");
        }
        let unreadable: [(_, &[u8]); 2] = [
            ("x-forwarded-for", b"6.6.6.6"),
            ("x-forwarded-for", b"\xff\xfe"),
        ];
        assert_eq!(last_address(&headers(&unreadable)), None);
    }
}
