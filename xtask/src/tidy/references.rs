//! Rule: a document names only files that exist, so that a reader can follow it.

use super::Finding;
use super::tree::Source;

/// Kinds of files whose names are checked.
const KINDS: [&str; 6] = ["rs", "js", "css", "md", "toml", "py"];

/// Looks at code spans and link targets of every Markdown file.
pub(super) fn check(sources: &[Source]) -> Vec<Finding> {
    let documents = sources.iter().filter(|source| source.is_kind("md"));
    documents
        .flat_map(|document| {
            let lines = document.text.lines().enumerate();
            lines.flat_map(move |(index, line)| {
                let dead =
                    names(line).filter(|name| !sources.iter().any(|one| one.path.ends_with(name)));
                dead.map(move |name| {
                    Finding::at(document, index + 1, format!("there is no file `{name}`"))
                })
            })
        })
        .collect()
}

/// What looks like the path of one of our files: `a/b.rs` between backticks or in a link.
fn names(line: &str) -> impl Iterator<Item = &str> {
    let spans = line.split('`').skip(1).step_by(2);
    let links = line
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next());
    spans
        .chain(links)
        .map(|name| name.split('#').next().unwrap_or(name))
        .map(|name| name.trim_start_matches("../").trim_start_matches("./"))
        .filter(|name| is_path(name))
}

fn is_path(name: &str) -> bool {
    let has_folder = name.contains('/') && !name.starts_with('/') && !name.contains("://");
    let is_plain = name
        .chars()
        .all(|one| one.is_ascii_alphanumeric() || "_-./".contains(one));
    let is_ours = name
        .rsplit_once('.')
        .is_some_and(|(_, kind)| KINDS.contains(&kind));
    // What builds and people make is not in the tree.
    let is_made = ["dist/", "target/", "demo-data/"]
        .iter()
        .any(|made| name.starts_with(made));
    has_folder && is_plain && is_ours && !is_made
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(text: &str) -> usize {
        let there = Source::sample("crates/server/src/flow/confirm_payment.rs", "");
        check(&[there, Source::sample("docs/STORY.md", text)]).len()
    }

    #[test]
    fn a_file_that_moved_is_found_in_code_and_in_links() {
        assert_eq!(findings("see `flow/confirm.rs`"), 1);
        assert_eq!(
            findings("see [this](../crates/server/src/flow/confirm.rs#L1)"),
            1
        );
    }

    #[test]
    fn whole_and_shortened_paths_of_real_files_are_fine() {
        assert_eq!(
            findings(
                "`flow/confirm_payment.rs`, [x](../crates/server/src/flow/confirm_payment.rs)"
            ),
            0
        );
        assert_eq!(
            findings("`dist/index.js` `https://a.example/b.js` `/api/orders` `*/b.rs` `main.rs`"),
            0
        );
    }
}
