//! Reads the strict subset of XML that WeChat writes, and refuses everything else.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};

use crate::Params;
use crate::params::ParamsBuilder;

/// A longer message is refused unread; WeChat's longest are a few kilobytes.
pub const BYTES_MAX: usize = 64 * 1024;

/// A message with more parameters is refused.
pub const FIELDS_MAX: usize = 2048;

/// WeChat's longest documented name has 24 bytes.
const NAME_BYTES_MAX: usize = 64;

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
fn read_under(root: &str, message: &[u8]) -> Result<Params, XmlError> {
    let text = check_text(message)?;
    let mut tokens = Reader::from_str(text);
    let mut reading = Reading::new(root, text.len());
    let mut is_first = true;
    loop {
        match tokens.read_event().map_err(|_| XmlError::NotWellFormed)? {
            Event::Start(tag) => reading.open(&tag)?,
            Event::End(_) => reading.close(),
            Event::Empty(tag) => {
                reading.open(&tag)?;
                reading.close();
            }
            Event::Text(part) => reading.take_text(&part.xml10_content(), &part)?,
            Event::CData(part) => reading.take_cdata(&part.xml10_content())?,
            Event::GeneralRef(entity) => reading.take_entity(&entity)?,
            Event::Decl(declaration) if is_first => check_declaration(&declaration)?,
            Event::Decl(_) | Event::PI(_) => return Err(XmlError::ProcessingInstruction),
            Event::Comment(_) => return Err(XmlError::Comment),
            Event::DocType(_) => return Err(XmlError::DocumentType),
            Event::Eof => return reading.finish(),
        }
        is_first = false;
    }
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
    if super::write::is_xml_text(text) {
        Ok(text)
    } else {
        Err(XmlError::ForbiddenCharacter)
    }
}

/// `<?xml version="1.0" encoding="UTF-8"?>`, which several SDKs put first.
fn check_declaration(declaration: &BytesDecl<'_>) -> Result<(), XmlError> {
    let is_version_known = matches!(declaration.version(), Ok(Cow::Borrowed("1.0")));
    let is_utf8 = match declaration.encoding() {
        None => true,
        Some(Ok(name)) => name.eq_ignore_ascii_case("utf-8"),
        Some(Err(_)) => false,
    };
    if is_version_known && is_utf8 {
        Ok(())
    } else {
        Err(XmlError::ProcessingInstruction)
    }
}

enum Place {
    BeforeRoot,
    InRoot,
    InParameter,
    AfterRoot,
}

struct Reading<'r> {
    root: &'r str,
    place: Place,
    params: ParamsBuilder,
}

impl<'r> Reading<'r> {
    fn new(root: &'r str, text_bytes: usize) -> Reading<'r> {
        Reading {
            root,
            place: Place::BeforeRoot,
            params: ParamsBuilder::with_capacity(text_bytes),
        }
    }

    fn open(&mut self, tag: &BytesStart<'_>) -> Result<(), XmlError> {
        if !tag.attributes_raw().trim_ascii().is_empty() {
            return Err(XmlError::Attribute);
        }
        let name = tag.name().into_inner();
        self.place = match self.place {
            Place::BeforeRoot if name == self.root => Place::InRoot,
            Place::BeforeRoot => return Err(XmlError::WrongRoot),
            Place::InRoot if !is_name(name.as_bytes()) => return Err(XmlError::BadName),
            Place::InRoot if self.params.len() == FIELDS_MAX => {
                return Err(XmlError::TooManyFields);
            }
            Place::InRoot => {
                self.params.begin(name);
                Place::InParameter
            }
            Place::InParameter => return Err(XmlError::Nested),
            Place::AfterRoot => return Err(XmlError::StrayText),
        };
        Ok(())
    }

    /// The tokenizer has checked that the end tag matches the last start tag.
    fn close(&mut self) {
        self.place = match self.place {
            Place::InParameter => Place::InRoot,
            Place::InRoot | Place::BeforeRoot | Place::AfterRoot => Place::AfterRoot,
        };
    }

    /// `raw` is the text before its line ends were made uniform.
    fn take_text(&mut self, text: &str, raw: &str) -> Result<(), XmlError> {
        if raw.contains("]]>") {
            return Err(XmlError::NotWellFormed);
        }
        match self.place {
            Place::InParameter => {
                self.params.extend(text);
                Ok(())
            }
            _ if text.trim_ascii().is_empty() => Ok(()),
            _ => Err(XmlError::StrayText),
        }
    }

    fn take_cdata(&mut self, text: &str) -> Result<(), XmlError> {
        match self.place {
            Place::InParameter => {
                self.params.extend(text);
                Ok(())
            }
            Place::BeforeRoot | Place::InRoot | Place::AfterRoot => Err(XmlError::StrayText),
        }
    }

    fn take_entity(&mut self, entity: &BytesRef<'_>) -> Result<(), XmlError> {
        let character = match &**entity {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "apos" => '\'',
            "quot" => '"',
            _ => numeric_character(entity)?,
        };
        match self.place {
            Place::InParameter => {
                self.params.extend_char(character);
                Ok(())
            }
            Place::BeforeRoot | Place::InRoot | Place::AfterRoot => Err(XmlError::StrayText),
        }
    }

    fn finish(self) -> Result<Params, XmlError> {
        match self.place {
            Place::AfterRoot => self.params.finish().map_err(|_| XmlError::Duplicate),
            Place::BeforeRoot | Place::InRoot | Place::InParameter => Err(XmlError::NotWellFormed),
        }
    }
}

/// `&#20013;` or `&#x4E2D;`, and only characters that could also stand there themselves.
fn numeric_character(entity: &BytesRef<'_>) -> Result<char, XmlError> {
    let Ok(Some(character)) = entity.resolve_char_ref() else {
        return Err(XmlError::UnknownEntity);
    };
    let mut utf8 = [0; 4];
    if super::write::is_xml_text(character.encode_utf8(&mut utf8)) {
        Ok(character)
    } else {
        Err(XmlError::ForbiddenCharacter)
    }
}

fn is_name(name: &[u8]) -> bool {
    let is_first_allowed = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    name.len() <= NAME_BYTES_MAX
        && name.first().copied().is_some_and(is_first_allowed)
        && name.iter().copied().all(is_allowed)
}
