//! Hangs a screen: reads it, has it judged, and photographs it in light and dark.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::audit::{Rules, expect_accessible};
use crate::browser::Scheme;
use crate::phone::Phone;
use crate::picture;
use crate::stage::evidence_folder;

/// Where the pictures go.
#[derive(Debug)]
pub(super) struct Album {
    folder: PathBuf,
    is_for_documents: bool,
}

impl Album {
    /// Pictures for the documents where the caller asks for them, else among the evidence.
    pub(super) fn open() -> Result<Album> {
        let asked = env::var_os("JOURNEY_PICTURES").map(PathBuf::from);
        let is_for_documents = asked.is_some();
        let folder = asked.unwrap_or_else(|| evidence_folder().join("gallery"));
        fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
        Ok(Album {
            folder,
            is_for_documents,
        })
    }

    /// The screen says all of these words, is accessible, and is kept as `name` in both colours.
    pub(super) async fn hang(&self, phone: &Phone, name: &str, words: &[&str]) -> Result<()> {
        self.hang_in(phone, name, words, &Scheme::ALL).await
    }

    /// [`Album::hang`] for screens that differ in other things than colours.
    pub(super) async fn hang_light(&self, phone: &Phone, name: &str, words: &[&str]) -> Result<()> {
        self.hang_in(phone, name, words, &[Scheme::Light]).await
    }

    async fn hang_in(
        &self,
        phone: &Phone,
        name: &str,
        words: &[&str],
        schemes: &[Scheme],
    ) -> Result<()> {
        for words in words {
            phone.read(words).await.with_context(|| name.to_owned())?;
        }
        phone.pictures_are_loaded().await?;
        for scheme in schemes {
            phone.set_scheme(*scheme).await?;
            let rules = match scheme {
                Scheme::Light => Rules::All,
                Scheme::Dark => Rules::Contrast,
            };
            let screen = format!("{name}-{}", scheme.name());
            self.shoot(phone, &screen).await?;
            expect_accessible(phone, rules, &screen).await?;
        }
        phone.set_scheme(Scheme::Light).await
    }

    async fn shoot(&self, phone: &Phone, screen: &str) -> Result<()> {
        let path: &Path = &self.folder.join(screen).with_extension("png");
        let shot = phone.window().screenshot_as_png().await;
        let mut png = shot.with_context(|| format!("photographing {screen}"))?;
        if self.is_for_documents {
            png = picture::shrink(&png).with_context(|| format!("shrinking {screen}"))?;
        }
        fs::write(path, png).with_context(|| format!("writing {}", path.display()))
    }
}
