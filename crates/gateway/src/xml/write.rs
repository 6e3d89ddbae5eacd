//! Writes parameters the way the platform does: text in CDATA, whole numbers bare.

use crate::Params;

pub(super) const CDATA_START: &str = "<![CDATA[";
pub(super) const CDATA_END: &str = "]]>";

/// Writes a message with the outermost element `xml`; [`super::read`] gives the same map back.
///
/// A character that XML 1.0 cannot carry (NUL, for example) is written as U+FFFD; the client
/// refuses such values before it signs.
#[must_use]
pub fn write(params: &Params) -> String {
    write_under("xml", params)
}

/// Writes a message with the outermost element `root`.
pub(crate) fn write_under(root: &str, params: &Params) -> String {
    // Names appear twice, and CDATA adds 12 bytes: one allocation is enough for most messages.
    let mut message = String::with_capacity(params.text_bytes() * 2 + params.len() * 20 + 16);
    write_tag(&mut message, "<", root);
    for (name, value) in params.iter() {
        write_tag(&mut message, "<", name);
        write_value(&mut message, value);
        write_tag(&mut message, "</", name);
    }
    write_tag(&mut message, "</", root);
    message
}

fn write_tag(message: &mut String, start: &str, name: &str) {
    message.push_str(start);
    message.push_str(name);
    message.push('>');
}

fn write_value(message: &mut String, value: &str) {
    if value.bytes().all(|byte| byte.is_ascii_digit()) {
        message.push_str(value);
        return;
    }
    message.push_str(CDATA_START);
    let mut rest = value;
    while let Some(at) = rest.find(needs_care) {
        let (plain, tail) = rest.split_at(at);
        message.push_str(plain);
        rest = write_with_care(message, tail);
    }
    message.push_str(rest);
    message.push_str(CDATA_END);
}

fn needs_care(character: char) -> bool {
    character == ']' || character == '\r' || !is_xml_character(character)
}

/// Writes the first character of `tail`, inside CDATA; gives back what is left.
fn write_with_care<'t>(message: &mut String, tail: &'t str) -> &'t str {
    if let Some(rest) = tail.strip_prefix(CDATA_END) {
        // The mark that would end the section is cut in two, each half in a section of its own.
        message.push_str("]]]]><![CDATA[>");
        rest
    } else if let Some(rest) = tail.strip_prefix('\r') {
        // Readers turn a literal carriage return into a line feed; only a reference survives.
        message.push_str("]]>&#13;<![CDATA[");
        rest
    } else if let Some(rest) = tail.strip_prefix(']') {
        message.push(']');
        rest
    } else {
        message.push(char::REPLACEMENT_CHARACTER);
        let mut rest = tail.chars();
        rest.next();
        rest.as_str()
    }
}

/// Whether XML 1.0 can carry the text.
pub(crate) fn is_xml_text(text: &str) -> bool {
    // Control characters are found by a loop that the compiler vectorises; U+FFFE and U+FFFF
    // begin with 0xEF in UTF-8, so that most texts are not decoded at all.
    let has_control = text.bytes().fold(false, |found, byte| {
        found | (byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r'))
    });
    !has_control
        && (memchr::memchr(0xEF, text.as_bytes()).is_none() || text.chars().all(is_xml_character))
}

pub(super) fn is_xml_character(character: char) -> bool {
    match character {
        '\t' | '\n' | '\r' => true,
        '\u{FFFE}' | '\u{FFFF}' => false,
        _ => character >= ' ',
    }
}
