//! Where a buyer returns to after signing in: a path of this site, with the reason if it failed.

use wechat_checkout_protocol::ErrorCode;

use super::answer::Refused;

/// Longer paths are not ours.
const PATH_BYTES_MAX: usize = 512;

/// The query's name for why nobody is signed in.
const REASON: &str = "sign_in=";

/// A path of this site: `//host` and `/\host` would be another's.
pub(super) fn own_path(path: Option<String>) -> Result<String, Refused> {
    let path = path.unwrap_or_else(|| "/".to_owned());
    let is_own = path.starts_with('/')
        && !path.starts_with("//")
        && path.len() <= PATH_BYTES_MAX
        && path
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if is_own {
        Ok(path)
    } else {
        Err(Refused::detailed(
            ErrorCode::BadRequest,
            "the path must be one of this site",
        ))
    }
}

/// A path without the reason of an earlier failure.
pub(super) fn without_reason(path: &str) -> String {
    let (path, fragment) = split_before(path, '#');
    let (path, query) = split_before(path, '?');
    let kept: Vec<&str> = query
        .trim_start_matches('?')
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with(REASON))
        .collect();
    let mark = if kept.is_empty() { "" } else { "?" };
    [path, mark, &kept.join("&"), fragment].concat()
}

/// A path with the reason in its query, in place of an earlier one.
pub(super) fn with_reason(path: &str, reason: &str) -> String {
    let path = without_reason(path);
    let (path, fragment) = split_before(&path, '#');
    let mark = if path.contains('?') { "&" } else { "?" };
    [path, mark, REASON, reason, fragment].concat()
}

fn split_before(text: &str, mark: char) -> (&str, &str) {
    text.split_at(text.find(mark).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_goes_into_the_query_whatever_the_path_has() {
        for (path, expected) in [
            ("/", "/?sign_in=refused"),
            ("/?order=abc", "/?order=abc&sign_in=refused"),
            ("/#/orders", "/?sign_in=refused#/orders"),
            ("/?a=1&b=2#top?x", "/?a=1&b=2&sign_in=refused#top?x"),
            ("/?sign_in=expired", "/?sign_in=refused"),
            ("/?sign_in=expired&order=abc", "/?order=abc&sign_in=refused"),
            ("/?", "/?sign_in=refused"),
            ("/shop?my_sign_in=1", "/shop?my_sign_in=1&sign_in=refused"),
        ] {
            assert_eq!(with_reason(path, "refused"), expected, "{path}");
        }
        assert_eq!(without_reason("/?sign_in=refused#top"), "/#top");
        assert_eq!(without_reason("/?order=abc"), "/?order=abc");
    }

    #[test]
    fn only_paths_of_this_site_are_returned_to() {
        for path in [
            "/",
            "/?order=abc",
            "/a/b#c",
            "/@evil.example",
            "/:80",
            "/a//b",
        ] {
            assert!(own_path(Some(path.to_owned())).is_ok(), "{path}");
        }
        let long = format!("/{}", "x".repeat(PATH_BYTES_MAX));
        for path in [
            "",
            " ",
            " /",
            "\t/",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "\\/evil.example",
            "https://evil.example",
            "https:evil.example",
            "javascript:alert(1)",
            "data:text/html,x",
            "evil.example",
            "@evil.example",
            ".evil.example",
            "?x",
            "#x",
            "/\t/evil.example",
            "/\n/evil.example",
            "/\r\nset-cookie: a=b",
            "/a b",
            "/\u{0}",
            "/路",
            "/\u{ff0f}evil.example",
            long.as_str(),
        ] {
            assert!(own_path(Some(path.to_owned())).is_err(), "{path:?}");
        }
    }
}
