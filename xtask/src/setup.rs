//! Installs ahead of time what the other chores would install when they first need it.

use anyhow::Result;
use clap::Args;

use crate::system::{self, Need};
use crate::tools::{self, PageTools};
use crate::{interop, process};

/// How much to install.
#[derive(Debug, Args)]
pub(crate) struct Scope {
    /// Only what `demo` and `page` need; no browser, no SDKs.
    #[arg(long)]
    page_only: bool,
}

/// Installs everything in the scope.
///
/// # Errors
/// When something cannot be installed.
pub(crate) fn run(scope: &Scope) -> Result<()> {
    PageTools::ensure()?;
    if !scope.page_only {
        tools::ensure_linters()?;
        system::ensure(&Need::ALL)?;
        tools::ensure_axe()?;
        tools::ensure_typescript()?;
        interop::ensure_sdks()?;
    }
    process::announce("set up", "the other chores start at once now");
    Ok(())
}
