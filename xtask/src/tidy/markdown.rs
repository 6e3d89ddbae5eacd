//! Rule: a Markdown file has one title, and it comes first.

use super::Finding;
use super::tree::Source;

pub(super) fn check(source: &Source) -> Vec<Finding> {
    if !source.is_kind("md") {
        return Vec::new();
    }
    let titles = title_lines(&source.text);
    let Some(first) = titles.first() else {
        return vec![Finding::in_file(source, "has no title: begin with `# `")];
    };
    if *first != 1 {
        return vec![Finding::at(
            source,
            *first,
            "the title must be the first line",
        )];
    }
    let seconds = titles.iter().skip(1);
    seconds
        .map(|line| Finding::at(source, *line, "a second title: use `## `"))
        .collect()
}

/// Lines that are titles, not comments of a shell example.
fn title_lines(text: &str) -> Vec<usize> {
    let mut in_example = false;
    let mut titles = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_example = !in_example;
        } else if !in_example && line.starts_with("# ") {
            titles.push(index + 1);
        }
    }
    titles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_title_a_late_title_and_two_titles_are_found() {
        for bad in ["Text.\n", "Text.\n# Late\n", "# One\n\n# Two\n"] {
            assert_eq!(check(&Source::sample("docs/A.md", bad)).len(), 1, "{bad:?}");
        }
        let good = "# One\n\n```sh\n# a comment\n```\n\n## Part\n";
        assert_eq!(check(&Source::sample("docs/A.md", good)), []);
    }
}
