//! Journeys: a buyer with a phone-sized Chromium, the real page, server and simulated WeChat.
//!
//! `cargo xtask test --only journeys` builds what they need and runs them. A journey that fails
//! leaves a picture, the page's source and the browser's log in `target/journeys/`.
//! `cargo xtask test --only interop` runs [`foreign_sdks`], which need no browser.

#![cfg(not(target_arch = "wasm32"))]

mod audit;
mod browser;
mod buyer;
mod cold_start;
mod crash;
mod device;
mod embedding;
mod foreign_sdks;
mod gallery;
mod house;
mod paying;
mod phone;
mod picture;
mod program;
mod reload;
mod robustness;
mod scenarios;
mod signing_out;
mod stage;
