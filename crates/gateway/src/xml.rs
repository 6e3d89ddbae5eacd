//! WeChat's XML: one flat level of elements under one root, read strictly and written plainly.

mod read;
mod scan;
mod write;

pub(crate) use read::read_under;
pub use read::{BYTES_MAX, FIELDS_MAX, XmlError, read};
pub use write::write;
pub(crate) use write::{is_xml_text, write_under};
