//! Rule: every crate opts into the lints of the workspace, which cargo does not do by itself.

use super::Finding;
use super::tree::Source;

pub(super) fn check(source: &Source) -> Vec<Finding> {
    let is_manifest = source
        .path
        .file_name()
        .is_some_and(|name| name == "Cargo.toml");
    let is_package = source.text.lines().any(|line| line.trim() == "[package]");
    if !is_manifest || !is_package || opts_in(&source.text) {
        return Vec::new();
    }
    vec![Finding::in_file(
        source,
        "add `[lints]` with `workspace = true`",
    )]
}

fn opts_in(manifest: &str) -> bool {
    let lints = manifest
        .lines()
        .map(str::trim)
        .skip_while(|line| *line != "[lints]")
        .skip(1);
    lints
        .take_while(|line| !line.starts_with('['))
        .any(|line| line == "workspace = true")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_without_the_workspace_lints_is_found() {
        let bad = "[package]\nname = \"a\"\n[lints]\n[dependencies]\nworkspace = true\n";
        assert_eq!(check(&Source::sample("crates/a/Cargo.toml", bad)).len(), 1);
        let good = "[package]\nname = \"a\"\n\n[lints]\nworkspace = true\n";
        assert_eq!(check(&Source::sample("crates/a/Cargo.toml", good)), []);
        assert_eq!(check(&Source::sample("Cargo.toml", "[workspace]\n")), []);
    }
}
