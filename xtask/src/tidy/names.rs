//! Rule: a file is named after what it does; some names say nothing.

use super::Finding;
use super::tree::Source;

const EMPTY_NAMES: [&str; 10] = [
    "util", "utils", "helper", "helpers", "common", "manager", "managers", "misc", "types", "stuff",
];

pub(super) fn check(source: &Source) -> Vec<Finding> {
    let is_code = ["rs", "js", "css", "py"]
        .iter()
        .any(|kind| source.is_kind(kind));
    let parts = source.path.iter().filter_map(|part| part.to_str());
    parts
        .map(|part| part.split('.').next().unwrap_or(part))
        .filter(|name| is_code && EMPTY_NAMES.contains(name))
        .map(|name| {
            let message = format!("`{name}` says nothing: name it after what it does");
            Finding::in_file(source, message)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_names_are_found_for_files_and_folders() {
        for bad in [
            "src/utils.rs",
            "src/helpers/mod.rs",
            "crates/server/src/order/types.rs",
        ] {
            assert_eq!(check(&Source::sample(bad, "")).len(), 1, "{bad}");
        }
        for good in [
            "src/bridge/weixin.rs",
            "docs/types.md",
            "src/utility_bill.rs",
        ] {
            assert_eq!(check(&Source::sample(good, "")), [], "{good}");
        }
    }
}
