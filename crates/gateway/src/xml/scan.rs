//! The tokens of the strict subset: tags without attributes, text, CDATA, references.
//!
//! Why not a general XML reader: the subset needs none of its features, and a third of its time.
//! The tests hold every accepted message against one.

use std::ops::Range;

use super::XmlError;
use super::write::{CDATA_END, CDATA_START, is_xml_character};

/// WeChat's longest documented name has 24 bytes.
const NAME_BYTES_MAX: usize = 64;

/// Longer than any reference to a character that exists, leading zeros included.
const REFERENCE_BYTES_MAX: usize = 16;

/// A message, and how far it has been read.
pub(super) struct Scanner<'t> {
    text: &'t str,
    at: usize,
}

/// How a start tag ended.
#[derive(PartialEq)]
pub(super) enum Tag {
    /// `<name>`.
    Open,
    /// `<name/>`.
    Empty,
}

/// A piece of a parameter's value.
pub(super) enum Piece {
    /// Where text or the inside of a CDATA section stands.
    Text(Range<usize>),
    /// What a reference stands for.
    Character(char),
    /// The end tag.
    End,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str) -> Scanner<'t> {
        Scanner { text, at: 0 }
    }

    pub(super) fn text(&self) -> &'t str {
        self.text
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at == self.text.len()
    }

    pub(super) fn skip_blanks(&mut self) {
        self.at = self.after_blanks(self.at);
    }

    /// `<?xml version="1.0" encoding="UTF-8"?>`, which several SDKs put first.
    pub(super) fn skip_declaration(&mut self) -> Result<(), XmlError> {
        let Some(rest) = self.text.strip_prefix("<?xml") else {
            return Ok(());
        };
        let (inside, rest) = rest.split_once("?>").ok_or(XmlError::NotWellFormed)?;
        if !is_declaration(inside) {
            return Err(XmlError::ProcessingInstruction);
        }
        self.at = self.text.len() - rest.len();
        Ok(())
    }

    /// `<name>` or `<name/>`, from a place where nothing but a tag can stand; where its name is.
    pub(super) fn start_tag(&mut self) -> Result<(Range<usize>, Tag), XmlError> {
        if self.byte(self.at) != Some(b'<') {
            return Err(self.refusal());
        }
        let is_in_name = |byte| NAME_BYTES[usize::from(byte)];
        let name = self.at + 1..self.after(self.at + 1, is_in_name);
        let is_name = self.byte(name.start).is_some_and(is_name_start);
        if !is_name || name.len() > NAME_BYTES_MAX {
            return Err(self.refusal());
        }
        let end = self.after_blanks(name.end);
        let (tag, length) = match (self.byte(end), self.byte(end + 1)) {
            (Some(b'>'), _) => (Tag::Open, 1),
            (Some(b'/'), Some(b'>')) => (Tag::Empty, 2),
            (None, _) => return Err(XmlError::NotWellFormed),
            _ if end > name.end => return Err(XmlError::Attribute),
            _ => return Err(XmlError::BadName),
        };
        self.at = end + length;
        Ok((name, tag))
    }

    /// Takes `</name>`; whether it was there.
    pub(super) fn end_tag(&mut self, name: &str) -> bool {
        let name_at = self.at + 2;
        if !self.starts_with(self.at, "</") || !self.starts_with(name_at, name) {
            return false;
        }
        let end = self.after_blanks(name_at + name.len());
        let is_closed = self.byte(end) == Some(b'>');
        if is_closed {
            self.at = end + 1;
        }
        is_closed
    }

    /// The next piece of the value of the parameter `name`.
    pub(super) fn piece(&mut self, name: &str) -> Result<Piece, XmlError> {
        match self.byte(self.at) {
            None => Err(XmlError::NotWellFormed),
            Some(b'<') => self.cdata_or_end(name),
            Some(b'&') => self.reference().map(Piece::Character),
            Some(_) => self.plain_text().map(Piece::Text),
        }
    }

    fn cdata_or_end(&mut self, name: &str) -> Result<Piece, XmlError> {
        if self.starts_with(self.at, CDATA_START) {
            let start = self.at + CDATA_START.len();
            let end = self.cdata_end(start).ok_or(XmlError::NotWellFormed)?;
            self.at = end + CDATA_END.len();
            return Ok(Piece::Text(start..end));
        }
        if self.end_tag(name) {
            return Ok(Piece::End);
        }
        // What is refused between parameters is refused here too, but a tag means nesting.
        match self.refusal() {
            XmlError::StrayText | XmlError::BadName => Err(XmlError::Nested),
            other => Err(other),
        }
    }

    fn cdata_end(&self, start: usize) -> Option<usize> {
        let mut end = start;
        loop {
            let rest = self.text.as_bytes().get(end..)?;
            end += memchr::memchr(b']', rest)?;
            if self.starts_with(end, CDATA_END) {
                return Some(end);
            }
            end += 1;
        }
    }

    /// Up to the next `<` or `&`.
    fn plain_text(&mut self) -> Result<Range<usize>, XmlError> {
        let start = self.at;
        loop {
            self.at = self.after(self.at, |byte| !matches!(byte, b'<' | b'&' | b']'));
            if self.byte(self.at) != Some(b']') {
                return Ok(start..self.at);
            }
            // Only the end of a CDATA section may look like that.
            if self.starts_with(self.at, CDATA_END) {
                return Err(XmlError::NotWellFormed);
            }
            self.at += 1;
        }
    }

    fn reference(&mut self) -> Result<char, XmlError> {
        let start = self.at + 1;
        let end = self.after(start, |byte| !matches!(byte, b';' | b'<' | b'&'));
        if self.byte(end) != Some(b';') {
            return Err(XmlError::NotWellFormed);
        }
        let character = match &self.text[start..end] {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "apos" => '\'',
            "quot" => '"',
            name => numbered_character(name)?,
        };
        self.at = end + 1;
        Ok(character)
    }

    /// Why what comes next cannot stand between parameters.
    pub(super) fn refusal(&self) -> XmlError {
        let rest = &self.text[self.at..];
        let is_doctype = || {
            let start = rest.as_bytes().get(..9);
            start.is_some_and(|start| start.eq_ignore_ascii_case(b"<!DOCTYPE"))
        };
        if rest.starts_with("<!--") {
            XmlError::Comment
        } else if is_doctype() {
            XmlError::DocumentType
        } else if rest.starts_with("<?") {
            XmlError::ProcessingInstruction
        } else if rest.is_empty() || rest.starts_with("</") {
            XmlError::NotWellFormed
        } else if !rest.starts_with('<') || rest.starts_with(CDATA_START) {
            XmlError::StrayText
        } else if rest.starts_with("<!") {
            XmlError::NotWellFormed
        } else {
            XmlError::BadName
        }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn starts_with(&self, at: usize, prefix: &str) -> bool {
        self.text.as_bytes().get(at..at + prefix.len()) == Some(prefix.as_bytes())
    }

    /// The first place from `at` on whose byte is not of the kind; all delimiters are ASCII, so
    /// this is never inside a character.
    fn after(&self, at: usize, is_of_kind: impl Fn(u8) -> bool) -> usize {
        let rest = self.text.as_bytes().get(at..).unwrap_or_default();
        at + rest
            .iter()
            .position(|&byte| !is_of_kind(byte))
            .unwrap_or(rest.len())
    }

    fn after_blanks(&self, at: usize) -> usize {
        self.after(at, |byte| is_blank(char::from(byte)))
    }
}

fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r')
}

fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

/// Which bytes a name can have, looked up instead of compared: names are half of a message.
static NAME_BYTES: [bool; 256] = {
    const DIGITS: (usize, usize) = (0x30, 0x39);
    const CAPITALS: (usize, usize) = (0x41, 0x5A);
    const SMALL: (usize, usize) = (0x61, 0x7A);
    const DASH_DOT: (usize, usize) = (0x2D, 0x2E);
    const UNDERSCORE: (usize, usize) = (0x5F, 0x5F);
    let ranges = [DIGITS, CAPITALS, SMALL, DASH_DOT, UNDERSCORE];
    let mut allowed = [false; 256];
    let mut range = 0;
    while range < ranges.len() {
        let (mut byte, last) = ranges[range];
        while byte <= last {
            allowed[byte] = true;
            byte += 1;
        }
        range += 1;
    }
    allowed
};

/// `#20013` or `#x4E2D`, and only characters that could also stand there themselves.
fn numbered_character(name: &str) -> Result<char, XmlError> {
    let number = name
        .strip_prefix('#')
        .filter(|number| number.len() <= REFERENCE_BYTES_MAX);
    let number = number.ok_or(XmlError::UnknownEntity)?;
    let (digits, radix) = match number.strip_prefix('x') {
        Some(digits) => (digits, 16),
        None => (number, 10),
    };
    // A sign would be taken by the number's own parser.
    let is_number = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let code = u32::from_str_radix(digits, radix)
        .ok()
        .filter(|_| is_number);
    let character = code
        .and_then(char::from_u32)
        .ok_or(XmlError::UnknownEntity)?;
    if is_xml_character(character) {
        Ok(character)
    } else {
        Err(XmlError::ForbiddenCharacter)
    }
}

/// What stands between `<?xml` and `?>`: version 1.0, and UTF-8 if an encoding is named.
fn is_declaration(inside: &str) -> bool {
    let mut rest = inside;
    let Some(version) = pseudo_attribute(&mut rest, "version") else {
        return false;
    };
    let encoding = pseudo_attribute(&mut rest, "encoding");
    let _standalone = pseudo_attribute(&mut rest, "standalone");
    version == "1.0"
        && encoding.is_none_or(|encoding| encoding.eq_ignore_ascii_case("utf-8"))
        && rest.trim_start_matches(is_blank).is_empty()
}

/// Takes ` name="value"` or ` name='value'`.
fn pseudo_attribute<'t>(rest: &mut &'t str, name: &str) -> Option<&'t str> {
    let named = rest.trim_start_matches(is_blank);
    if named.len() == rest.len() {
        return None;
    }
    let tail = named.strip_prefix(name)?.trim_start_matches(is_blank);
    let quoted = tail.strip_prefix('=')?.trim_start_matches(is_blank);
    let quote = quoted
        .chars()
        .next()
        .filter(|&quote| quote == '"' || quote == '\'')?;
    let (value, after) = quoted[1..].split_once(quote)?;
    *rest = after;
    Some(value)
}
