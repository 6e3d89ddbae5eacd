//! JSON by the browser's own parser, from and into the protocol's types.
//!
//! Why not serde_json or serde-wasm-bindgen: every error they can give carries a sentence, and the
//! code that writes those sentences (numbers, escapes, the names of all types) is a fifth of a small
//! page. Here an unreadable answer is just that, and the console shows the answer itself.

mod read;
mod write;

pub(crate) use read::{read, read_value};
pub(crate) use write::{to_js, write};

use std::fmt;

/// The value is not one of those that the protocol knows.
#[derive(Debug)]
struct Foreign;

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("foreign value")
    }
}

impl std::error::Error for Foreign {}

impl serde::de::Error for Foreign {
    fn custom<T: fmt::Display>(_sentence: T) -> Foreign {
        Foreign
    }
}

impl serde::ser::Error for Foreign {
    fn custom<T: fmt::Display>(_sentence: T) -> Foreign {
        Foreign
    }
}
