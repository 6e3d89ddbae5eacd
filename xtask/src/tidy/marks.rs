//! Rule: nothing unfinished is committed.

use super::Finding;
use super::tree::Source;

/// Each with what it would say about the code around it.
const MARKS: [(&str, &str); 5] = [
    ("todo!(", "unfinished code"),
    ("unimplemented!(", "unfinished code"),
    ("dbg!(", "left from debugging"),
    ("FIXME", "a known defect belongs on the issue list"),
    ("XXX", "a known defect belongs on the issue list"),
];

pub(super) fn check(source: &Source) -> Vec<Finding> {
    // This file has to spell the marks out.
    if !source.is_kind("rs") && !source.is_kind("js") || source.is_under("xtask/src/tidy/marks.rs")
    {
        return Vec::new();
    }
    let lines = source.text.lines().enumerate();
    lines
        .filter_map(|(index, line)| {
            let (mark, meaning) = MARKS.iter().find(|(mark, _)| line.contains(mark))?;
            Some(Finding::at(
                source,
                index + 1,
                format!("`{mark}`: {meaning}"),
            ))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mark_is_found() {
        for (mark, _) in MARKS {
            let text = format!("//! A room.\n    {mark} later\n");
            assert_eq!(check(&Source::sample("src/a.rs", &text)).len(), 1, "{mark}");
        }
        assert_eq!(
            check(&Source::sample("src/a.rs", "//! A todo list for buyers.\n")),
            []
        );
    }
}
