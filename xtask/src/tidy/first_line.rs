//! Rule: the first line of every Rust file says what the file is.

use super::Finding;
use super::tree::Source;

pub(super) fn check(source: &Source) -> Vec<Finding> {
    if !source.is_kind("rs") {
        return Vec::new();
    }
    let first = source.text.lines().next().unwrap_or("");
    let says_something = first
        .strip_prefix("//!")
        .is_some_and(|rest| rest.trim().len() > 1);
    if says_something {
        return Vec::new();
    }
    vec![Finding::at(
        source,
        1,
        "the first line must be `//!` and one sentence on what this is",
    )]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_sentence_is_found() {
        for bad in [
            "",
            "use std::fmt;\n",
            "//!\n",
            "//! x\n",
            "/// Not the file.\n",
            "\n//! Late.\n",
        ] {
            assert_eq!(check(&Source::sample("src/a.rs", bad)).len(), 1, "{bad:?}");
        }
        assert_eq!(
            check(&Source::sample("src/a.rs", "//! Opens the pay sheet.\n")),
            []
        );
        assert_eq!(check(&Source::sample("static/a.js", "let a = 1;\n")), []);
    }
}
