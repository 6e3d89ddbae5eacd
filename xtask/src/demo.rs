//! The whole thing on one command: a shop inside simulated WeChat, from nothing but Rust.

use anyhow::Result;

use crate::backend::{self, Ports, Running};
use crate::page;

/// Builds, starts, says `ready`, and stays until Ctrl-C.
///
/// # Errors
/// When a port is taken, something cannot be installed or built, or a program does not stay up.
pub(crate) fn run(ports: &Ports) -> Result<()> {
    ports.check_free()?;
    page::build_unless_fresh()?;
    backend::build()?;
    let running = Running::start(ports)?;
    println!();
    println!("ready {}", ports.client_url());
    println!("  the shop inside simulated WeChat; orders are kept in demo-data/; Ctrl-C stops it");
    running.until_interrupted()
}
