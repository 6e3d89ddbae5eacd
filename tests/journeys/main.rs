//! Journeys: a buyer with a phone-sized Chromium, the real page, server and simulated WeChat.
//!
//! `cargo xtask test --only journeys` builds what they need and runs them. A journey that fails
//! leaves a picture, the page's source and the browser's log in `target/journeys/`.
//! `cargo xtask test --only interop` runs [`foreign_sdks`], which need no browser.

#![cfg(not(target_arch = "wasm32"))]

mod browser;
mod crash;
mod foreign_sdks;
mod gallery;
mod house;
mod late_news;
mod outside;
mod paying;
mod phone;
mod program;
mod reload;
mod stage;
