//! What operators write in TOML files and variables, read with its place: every mistake is said
//! once, by key, place and fix, and never with the value, which may be a secret.

mod document;
mod mistake;
mod number;
mod spelling;
mod syntax;
mod text_file;
mod value;

pub(crate) use document::Document;
pub use mistake::{Mistake, Mistakes, Place};
pub(crate) use spelling::UnknownKey;
pub(crate) use text_file::{read_bytes, read_text};
pub(crate) use value::{Entry, Read, Table, Value, Written};
