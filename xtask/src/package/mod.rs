//! Makes the npm package: a wasm that is the checkout alone, the element around it, its types.

mod checks;
mod layout;
mod wasm;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Result;

use crate::{places, process};

/// The package's name, and that of its folder.
const NAME: &str = "wechat-checkout";
/// A page that uses it, ready to be served.
const EXAMPLE: &str = "plain-html";

/// Lays the package out, and checks it with npm and TypeScript where npm is.
///
/// # Errors
/// When the wasm cannot be built, a file cannot be written, or a check finds something.
pub(crate) fn build() -> Result<()> {
    let started = Instant::now();
    process::announce(
        "making the npm package",
        "pages without Yew use the checkout as an element",
    );
    lay_out()?;
    if places::on_path("npm").is_some() {
        checks::compile_samples(&folder())?;
        checks::pack(&folder())?;
    } else {
        println!("  npm is not here: neither the types nor the package were checked");
    }
    process::done("npm package", started);
    println!("  {} is the package", folder().display());
    println!("  {} is a page that uses it", example().display());
    Ok(())
}

/// Lays the package out, with its wasm as the sources are now.
///
/// # Errors
/// When the wasm cannot be built, or a file cannot be written; then the former package stays as it
/// was.
pub(crate) fn lay_out() -> Result<()> {
    wasm::build_unless_fresh()?;
    layout::replace(&folder(), layout::package)?;
    layout::replace(&example(), |place| layout::example(place, &folder()))
}

fn folder() -> PathBuf {
    places::target().join("npm").join(NAME)
}

fn example() -> PathBuf {
    places::target().join("npm").join(EXAMPLE)
}
