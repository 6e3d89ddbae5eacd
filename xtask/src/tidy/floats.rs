//! Rule: no floating point in the crates that handle money.

use super::Finding;
use super::tree::Source;

const MONEY: [&str; 3] = [
    "crates/protocol/src",
    "crates/gateway/src",
    "crates/server/src",
];

pub(super) fn check(source: &Source) -> Vec<Finding> {
    if !source.is_kind("rs") || !MONEY.iter().any(|folder| source.is_under(folder)) {
        return Vec::new();
    }
    source
        .code_lines()
        .filter(|(_, code)| words(code).any(|word| word == "f32" || word == "f64"))
        .map(|(line, _)| {
            Finding::at(
                source,
                line,
                "no float near money: use whole fen or `Duration`",
            )
        })
        .collect()
}

fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_found_in_code_and_only_there() {
        let bad = "//! Fees.\n// An f64 would round.\nfn fee(yuan: f64) -> f32 { 0.0 }\n";
        let found = check(&Source::sample("crates/server/src/order/fee.rs", bad));
        assert_eq!(
            found.iter().map(|finding| finding.line).collect::<Vec<_>>(),
            [Some(3)]
        );
        assert_eq!(check(&Source::sample("src/elapsed.rs", bad)), []);
        let good = "//! Fees.\nlet buf64 = 1; let f64_free = 2;\n";
        assert_eq!(
            check(&Source::sample("crates/gateway/src/fee.rs", good)),
            []
        );
    }
}
