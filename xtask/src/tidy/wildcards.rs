//! Rule: where orders and checkouts change state, every case is written out.

use super::Finding;
use super::tree::Source;

/// A new state or event must stop the build here until somebody decides what it means.
const MACHINES: [&str; 2] = ["crates/server/src/order", "src/checkout"];

pub(super) fn check(source: &Source) -> Vec<Finding> {
    if !source.is_kind("rs") || !MACHINES.iter().any(|folder| source.is_under(folder)) {
        return Vec::new();
    }
    source
        .code_lines()
        .filter(|(_, code)| is_catch_all(code))
        .map(|(line, _)| Finding::at(source, line, "no `_ =>` on state: write out every case"))
        .collect()
}

/// Whether the line is a match arm whose pattern names nothing: `_`, `(_, _)`.
///
/// A line that begins with `|` ends a list of names; there a `_` is what `#[non_exhaustive]`
/// demands of other crates.
fn is_catch_all(code: &str) -> bool {
    let Some((before_arrow, _)) = code.split_once("=>") else {
        return false;
    };
    // Several arms, or the whole match, may share a line.
    let pattern = before_arrow.rsplit('{').next().unwrap_or(before_arrow);
    // The end of a pattern that began lines before has no `_` of its own.
    pattern.contains('_')
        && pattern
            .chars()
            .all(|one| one.is_whitespace() || "_(),".contains(one))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn catch_all_arms_are_found_in_the_machines() {
        for bad in [
            "        _ => Refused,",
            "(_, _) => {}",
            "match state { _ => 1 }",
        ] {
            let found = check(&Source::sample(
                "crates/server/src/order/transition.rs",
                bad,
            ));
            assert_eq!(found.len(), 1, "{bad}");
            assert_eq!(
                check(&Source::sample("src/checkout/machine.rs", bad)).len(),
                1,
                "{bad}"
            );
            assert_eq!(
                check(&Source::sample("crates/gateway/src/xml.rs", bad)),
                [],
                "{bad}"
            );
        }
        for good in [
            "Some(_) => {}",
            "(Closed, _) => x",
            "// _ => never",
            "let f = |_| 1;",
        ] {
            assert_eq!(
                check(&Source::sample("src/checkout/machine.rs", good)),
                [],
                "{good}"
            );
        }
    }
}
