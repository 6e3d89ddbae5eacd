//! Photographs every screen, light and dark; the documents show these pictures.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use wechat_checkout_protocol::OrderStatus;

use crate::browser::Scheme;
use crate::house::House;
use crate::stage::{Stage, evidence_folder, play_in};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn gallery_of_every_screen() -> Result<()> {
    for scheme in Scheme::ALL {
        let album = Album::open(scheme)?;
        let name = format!("gallery_{}", scheme.name());
        play_in(&name, House::open().await?, scheme, async |stage| {
            album.fill(stage).await
        })
        .await?;
    }
    Ok(())
}

/// The pictures of one scheme.
struct Album {
    folder: PathBuf,
    scheme: Scheme,
}

impl Album {
    /// Pictures for the documents where the caller asks for them, else among the evidence.
    fn open(scheme: Scheme) -> Result<Album> {
        let asked = env::var_os("JOURNEY_PICTURES").map(PathBuf::from);
        let folder = asked.unwrap_or_else(|| evidence_folder().join("gallery"));
        fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
        Ok(Album { folder, scheme })
    }

    async fn fill(&self, stage: &Stage) -> Result<()> {
        let Stage { house, phone } = stage;
        phone.open(&house.inside_wechat()).await?;
        phone.see("product-vip-month").await?;
        self.shoot(stage, "shop").await?;

        phone.tap("product-vip-month").await?;
        phone.see("pay-button").await?;
        self.shoot(stage, "order").await?;

        phone.tap("pay-button").await?;
        phone.see("sheet-pay").await?;
        self.shoot(stage, "sheet").await?;

        house.hold_the_news();
        phone.tap("sheet-pay").await?;
        phone.see_status(OrderStatus::AwaitingConfirmation).await?;
        self.shoot(stage, "confirming").await?;

        house.let_the_news_through();
        phone.see_status(OrderStatus::Confirmed).await?;
        self.shoot(stage, "paid").await?;

        phone.open(&house.outside_wechat()).await?;
        phone.see("open-in-wechat").await?;
        self.shoot(stage, "outside").await
    }

    async fn shoot(&self, stage: &Stage, screen: &str) -> Result<()> {
        stage.phone.pictures_are_loaded().await?;
        let path = self
            .folder
            .join(format!("{screen}-{}.png", self.scheme.name()));
        let path: &Path = &path;
        let shot = stage.phone.window().screenshot(path).await;
        shot.with_context(|| format!("photographing {}", path.display()))
    }
}
