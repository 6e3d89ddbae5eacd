//! Foreign SDKs as judges: `wechatpy` and `tenpay` talk to the simulator, and sign for the server.
//!
//! `cargo xtask test --only interop` installs them and runs this.

#![cfg(not(target_arch = "wasm32"))]
