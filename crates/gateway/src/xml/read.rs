//! Reads the strict subset of XML that WeChat writes, and refuses everything else.

use super::scan::{Piece, Scanner, Tag};
use super::write::is_xml_text;
use crate::Params;
use crate::params::ParamsBuilder;

/// A longer message is refused unread; WeChat's longest are a few kilobytes.
pub const BYTES_MAX: usize = 64 * 1024;

/// A message with more parameters is refused.
pub const FIELDS_MAX: usize = 2048;

/// Why a message is not WeChat's XML.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum XmlError {
    /// Longer than [`BYTES_MAX`].
    #[error("message longer than 64 KiB")]
    TooLong,
    /// More parameters than [`FIELDS_MAX`].
    #[error("message with more than 2048 parameters")]
    TooManyFields,
    /// Not UTF-8: perhaps GBK, UTF-16 or a compressed body.
    #[error("message is not UTF-8")]
    NotUtf8,
    /// A byte order mark before the first tag; most often a file was saved with one.
    #[error("message starts with a byte order mark")]
    ByteOrderMark,
    /// NUL or another character that XML 1.0 cannot carry.
    #[error("message contains a character that XML does not allow")]
    ForbiddenCharacter,
    /// Tags do not match, or the text is not XML.
    #[error("message is not well-formed XML")]
    NotWellFormed,
    /// A document type, the door to entity attacks (XXE, "billion laughs").
    #[error("message contains a document type")]
    DocumentType,
    /// An entity other than `lt`, `gt`, `amp`, `apos`, `quot` and numbers.
    #[error("message contains an unknown entity")]
    UnknownEntity,
    /// A processing instruction, or a declaration that is not first, not 1.0 or not UTF-8.
    #[error("message contains a processing instruction")]
    ProcessingInstruction,
    /// A comment: parsers disagree on what it does to the text around it.
    #[error("message contains a comment")]
    Comment,
    /// An element with attributes.
    #[error("message contains an attribute")]
    Attribute,
    /// An element inside a parameter.
    #[error("message has elements inside a parameter")]
    Nested,
    /// Two parameters of one name: what is verified and what is used could differ.
    #[error("message has two parameters of one name")]
    Duplicate,
    /// A name outside `[A-Za-z_][A-Za-z0-9_.-]*`, or longer than 64 bytes.
    #[error("message has a parameter with an impossible name")]
    BadName,
    /// The outermost element is not the expected one.
    #[error("message has another outermost element than expected")]
    WrongRoot,
    /// Text between the parameters or after the end.
    #[error("message has text outside its parameters")]
    StrayText,
}

/// Reads a message whose outermost element is `xml`.
///
/// ```
/// use wechat_checkout_gateway::xml;
///
/// let params = xml::read(b"<xml><body><![CDATA[a & b]]></body><total_fee>1990</total_fee></xml>")?;
/// assert_eq!(params.get("body"), Some("a & b"));
/// assert_eq!(xml::read(b"<!DOCTYPE xml><xml/>"), Err(xml::XmlError::DocumentType));
/// # Ok::<(), xml::XmlError>(())
/// ```
///
/// # Errors
/// For anything but one flat level of elements; nothing is ever fetched or expanded.
pub fn read(message: &[u8]) -> Result<Params, XmlError> {
    read_under("xml", message)
}

/// Reads a message whose outermost element is `root`.
pub(crate) fn read_under(root: &str, message: &[u8]) -> Result<Params, XmlError> {
    let text = check_text(message)?;
    let mut scanner = Scanner::new(text);
    scanner.skip_declaration()?;
    scanner.skip_blanks();
    let (name, tag) = scanner.start_tag()?;
    if &text[name] != root {
        return Err(XmlError::WrongRoot);
    }
    let mut params = ParamsBuilder::over(text);
    if tag == Tag::Open {
        read_parameters(root, &mut scanner, &mut params)?;
    }
    scanner.skip_blanks();
    if !scanner.is_at_end() {
        // One message, and then nothing: a second root is as stray as a word.
        return Err(match scanner.refusal() {
            XmlError::BadName => XmlError::StrayText,
            other => other,
        });
    }
    params.finish().map_err(|_| XmlError::Duplicate)
}

/// Size, encoding and alphabet, before any tag is looked at.
fn check_text(message: &[u8]) -> Result<&str, XmlError> {
    if message.len() > BYTES_MAX {
        return Err(XmlError::TooLong);
    }
    if message.starts_with(b"\xEF\xBB\xBF") {
        return Err(XmlError::ByteOrderMark);
    }
    let text = str::from_utf8(message).map_err(|_| XmlError::NotUtf8)?;
    if is_xml_text(text) {
        Ok(text)
    } else {
        Err(XmlError::ForbiddenCharacter)
    }
}

fn read_parameters(
    root: &str,
    scanner: &mut Scanner<'_>,
    params: &mut ParamsBuilder,
) -> Result<(), XmlError> {
    loop {
        scanner.skip_blanks();
        if scanner.end_tag(root) {
            return Ok(());
        }
        let (name, tag) = scanner.start_tag()?;
        if params.len() == FIELDS_MAX {
            return Err(XmlError::TooManyFields);
        }
        params.begin(name.clone());
        if tag == Tag::Empty {
            continue;
        }
        let name = &scanner.text()[name];
        loop {
            match scanner.piece(name)? {
                Piece::Text(place) => params.extend(place),
                Piece::Character(character) => params.extend_char(character),
                Piece::End => break,
            }
        }
    }
}
