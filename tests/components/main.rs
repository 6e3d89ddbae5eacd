//! The page's components in a real browser: what they show, and what a tap on them tells.
//!
//! `cargo xtask test --only wasm-tests` runs these. What the machine behind them decides is tested
//! natively, and the whole by the journeys.

#![cfg(target_arch = "wasm32")]

mod answers;
mod samples;
mod screen;
mod shop;
mod web_view;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
