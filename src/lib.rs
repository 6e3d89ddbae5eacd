//! A WeChat Pay checkout page: the components, and the app made of them.
//!
//! [`checkout`] decides, [`hooks`] perform, [`components`] show, [`pages`] are made of them. The
//! rooms [`api`], [`bridge`], [`push`] and [`browser`] each touch one thing outside.

pub mod api;
pub mod app;
pub mod bridge;
pub mod browser;
pub mod checkout;
pub mod components;
pub mod element;
pub mod environment;
pub mod full_load;
pub mod hooks;
pub mod json;
pub mod pages;
pub mod pay_directory;
pub mod push;
pub mod route;
mod search;
pub mod sign_in;
pub mod storefront;
pub mod text;

/// Compiles the examples of the guide for embedding apps.
#[cfg(doctest)]
#[doc = include_str!("../docs/EMBEDDING.md")]
pub struct EmbeddingGuide;
