//! Finding a short text in a longer one.
//!
//! The standard library searches in linear time with a table-driven machine; for user agents and
//! error sentences of a few hundred bytes, that machine only costs download time.

/// What follows the first occurrence of `needle`.
pub(crate) fn after<'a>(text: &'a str, needle: &str) -> Option<&'a str> {
    let found = text
        .as_bytes()
        .windows(needle.len())
        .position(|part| part == needle.as_bytes())?;
    text.get(found + needle.len()..)
}

/// What stands before and behind the first occurrence of `needle`.
pub(crate) fn around<'a>(text: &'a str, needle: &str) -> Option<(&'a str, &'a str)> {
    let behind = after(text, needle)?;
    let before = text.get(..text.len() - behind.len() - needle.len())?;
    Some((before, behind))
}

/// Whether `needle` occurs.
pub(crate) fn contains(text: &str, needle: &str) -> bool {
    after(text, needle).is_some()
}
