//! The browser and its driver, under the names that systems give them.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::{places, tools};

/// Names of Chromium, the most fitting first.
const CHROMIUM: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];
/// Names of its driver.
const DRIVER: [&str; 2] = ["chromedriver", "chromium.chromedriver"];

/// The browser.
pub(crate) fn chromium() -> Option<PathBuf> {
    CHROMIUM.into_iter().find_map(places::on_path)
}

/// The program that drives it.
pub(crate) fn driver() -> Option<PathBuf> {
    DRIVER.into_iter().find_map(places::on_path)
}

/// The command with the paths of both, and of what judges the page, in its environment, where the
/// journeys look for them.
///
/// # Errors
/// When one of them is not installed.
pub(crate) fn known_to(mut command: Command) -> Result<Command> {
    // Whoever set them wants another version tried.
    for (name, found, program) in [
        ("JOURNEY_CHROMIUM", chromium(), "chromium"),
        ("JOURNEY_CHROMEDRIVER", driver(), "chromedriver"),
    ] {
        if std::env::var_os(name).is_none() {
            command.env(
                name,
                found.with_context(|| format!("{program} is not installed"))?,
            );
        }
    }
    command.env("JOURNEY_AXE", tools::ensure_axe()?);
    Ok(command)
}
