//! Sets the stage of a journey and keeps the evidence when it fails.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::browser::{Browser, Scheme};
use crate::house::House;
use crate::phone::Phone;

/// A running house and a phone in front of it.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) house: House,
    pub(crate) phone: Phone,
}

/// Plays a journey on a fresh stage: server, simulated WeChat and browser of its own.
///
/// # Errors
/// What the journey says, with the place of the evidence.
pub(crate) async fn play(
    name: &str,
    journey: impl AsyncFnOnce(&mut Stage) -> Result<()>,
) -> Result<()> {
    play_in(name, House::open().await?, Scheme::Light, journey).await
}

/// [`play`] in a house of one's own, on a phone that is set to light or dark.
///
/// # Errors
/// As [`play`].
pub(crate) async fn play_in(
    name: &str,
    house: House,
    scheme: Scheme,
    journey: impl AsyncFnOnce(&mut Stage) -> Result<()>,
) -> Result<()> {
    let phone = Phone::new(Browser::open(scheme).await?);
    let mut stage = Stage { house, phone };
    let mut result = journey(&mut stage).await;
    if result.is_err() {
        let kept = keep_evidence(&stage.phone, name).await;
        result = result.with_context(|| match kept {
            Ok(folder) => format!("evidence is in {}", folder.display()),
            Err(error) => format!("the evidence could not be kept: {error:#}"),
        });
    }
    let Stage { house, phone } = stage;
    let closed = phone.put_away().await;
    house.close().await?;
    result.and(closed)
}

/// The folder of what journeys leave behind.
pub(crate) fn evidence_folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("journeys")
}

async fn keep_evidence(phone: &Phone, name: &str) -> Result<PathBuf> {
    let folder = evidence_folder();
    fs::create_dir_all(&folder)?;
    let window = phone.window();
    window
        .screenshot(&folder.join(name).with_extension("png"))
        .await?;
    fs::write(
        folder.join(name).with_extension("html"),
        window.source().await?,
    )?;
    let log: String = window
        .browser_log()
        .await?
        .into_iter()
        .map(|entry| format!("{} {}\n", entry.level, entry.message))
        .collect();
    fs::write(folder.join(name).with_extension("log"), log)?;
    Ok(folder)
}
