//! Rule: who may know whom. The page must never know the gateway, or keys could reach the browser.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use cargo_metadata::{DependencyKind, MetadataCommand};

use super::Finding;
use crate::places;

/// A crate of ours and the crates of ours that it may use; tests may use any.
const MAY_KNOW: [(&str, &[&str]); 8] = [
    ("wechat-checkout", &["wechat-checkout-protocol"]),
    // An example: a shop that uses the page's components as anybody may.
    (
        "wechat-checkout-membership",
        &["wechat-checkout", "wechat-checkout-protocol"],
    ),
    ("wechat-checkout-protocol", &[]),
    ("wechat-checkout-gateway", &["wechat-checkout-protocol"]),
    (
        "wechat-checkout-server",
        &["wechat-checkout-gateway", "wechat-checkout-protocol"],
    ),
    (
        "wechat-checkout-simulator",
        &["wechat-checkout-gateway", "wechat-checkout-protocol"],
    ),
    (
        "wechat-checkout-proof",
        &[
            "wechat-checkout-gateway",
            "wechat-checkout-protocol",
            "wechat-checkout-server",
            "wechat-checkout-simulator",
        ],
    ),
    ("xtask", &[]),
];

/// Our crates, each with those of ours that its shipped code uses.
type Knowledge = BTreeMap<String, BTreeSet<String>>;

/// Asks cargo who uses whom.
pub(super) fn check() -> Result<Vec<Finding>> {
    Ok(judge(&from_cargo()?))
}

fn from_cargo() -> Result<Knowledge> {
    let manifest = places::repository().join("Cargo.toml");
    let metadata = MetadataCommand::new()
        .manifest_path(manifest)
        .no_deps()
        .exec()
        .context("asking cargo for the workspace's crates")?;
    let ours: BTreeSet<String> = metadata
        .packages
        .iter()
        .map(|package| package.name.to_string())
        .collect();
    let known = |package: &cargo_metadata::Package| {
        let shipped = package
            .dependencies
            .iter()
            .filter(|one| one.kind != DependencyKind::Development);
        shipped
            .map(|one| one.name.clone())
            .filter(|name| ours.contains(name))
            .collect()
    };
    Ok(metadata
        .packages
        .iter()
        .map(|one| (one.name.to_string(), known(one)))
        .collect())
}

fn judge(knowledge: &Knowledge) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, known) in knowledge {
        let Some((_, allowed)) = MAY_KNOW.iter().find(|(listed, _)| listed == name) else {
            findings.push(finding(format!(
                "`{name}` is a new crate: say in {} whom it may know",
                file!()
            )));
            continue;
        };
        for stranger in known
            .iter()
            .filter(|other| !allowed.contains(&other.as_str()))
        {
            findings.push(finding(format!("`{name}` must not depend on `{stranger}`")));
        }
    }
    findings
}

fn finding(message: String) -> Finding {
    Finding {
        path: "Cargo.toml".into(),
        line: None,
        message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn knowledge(pairs: &[(&str, &[&str])]) -> Knowledge {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        pairs
            .iter()
            .map(|(name, known)| ((*name).to_owned(), owned(known)))
            .collect()
    }

    #[test]
    fn a_page_that_knows_the_gateway_is_found() {
        let bad = knowledge(&[("wechat-checkout", &["wechat-checkout-gateway"])]);
        assert_eq!(judge(&bad).len(), 1);
        // Indirect knowledge is direct knowledge of somebody on the way.
        let bad = knowledge(&[("wechat-checkout-protocol", &["wechat-checkout-gateway"])]);
        assert_eq!(judge(&bad).len(), 1);
        assert_eq!(judge(&knowledge(&MAY_KNOW)), []);
    }

    #[test]
    fn a_crate_that_nobody_decided_about_is_found() {
        assert_eq!(
            judge(&knowledge(&[("wechat-checkout-extra", &[])])).len(),
            1
        );
    }

    #[test]
    fn cargo_tells_who_uses_whom() -> Result<()> {
        let knowledge = from_cargo()?;
        let page = knowledge
            .get("wechat-checkout")
            .context("the page is not in the workspace")?;
        assert!(page.contains("wechat-checkout-protocol"), "{page:?}");
        assert!(
            !page.contains("wechat-checkout-server"),
            "a dev-dependency counted: {page:?}"
        );
        Ok(())
    }
}
