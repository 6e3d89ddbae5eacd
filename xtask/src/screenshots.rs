//! Takes the pictures for the documents, by the same harness that tests the page.

use anyhow::Result;

use crate::system::{self, Need};
use crate::test::cargo;
use crate::{browser, page, places, process};

/// Where the documents look for them.
const PICTURES: &str = "docs/screenshots";

/// Builds the page where needed and photographs every screen, light and dark.
///
/// # Errors
/// When something is missing or a screen cannot be reached.
pub(crate) fn run() -> Result<()> {
    system::ensure(&[Need::Browser, Need::ChineseFont, Need::Node])?;
    page::build_unless_fresh()?;
    let mut command = cargo(&["test", "--package", "wechat-checkout", "--test", "journeys"]);
    command
        .args(["--", "gallery"])
        .env("JOURNEY_PICTURES", places::repository().join(PICTURES));
    process::run(browser::known_to(command)?)
}
