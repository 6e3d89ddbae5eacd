//! Rule: a file is a room with one job, and fits in a head.

use super::Finding;
use super::tree::Source;

const LINES_MAX: usize = 400;
const KINDS: [&str; 3] = ["rs", "js", "css"];

pub(super) fn check(source: &Source) -> Vec<Finding> {
    let lines = source.text.lines().count();
    if lines <= LINES_MAX || !KINDS.iter().any(|kind| source.is_kind(kind)) {
        return Vec::new();
    }
    let message = format!("{lines} lines, at most {LINES_MAX}: split it by job, not by size");
    vec![Finding::in_file(source, message)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_above_the_limit_is_found() {
        let long = "\n".repeat(LINES_MAX + 1);
        assert_eq!(check(&Source::sample("src/a.rs", &long)).len(), 1);
        assert_eq!(check(&Source::sample("static/a.css", &long)).len(), 1);
        assert_eq!(
            check(&Source::sample("src/a.rs", &"\n".repeat(LINES_MAX))),
            []
        );
        assert_eq!(check(&Source::sample("Cargo.toml", &long)), []);
    }
}
