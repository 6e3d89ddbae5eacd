//! What the page may weigh: every byte travels over a phone network before the first payment.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::places;

/// Wasm and glue together, as sent (brotli). It was 100,000 until the page told refunds of a part, what
/// WeChat's queries say, and the shop's own texts in three languages. To come down again by loading
/// the shop, my orders and the other languages only when they are wanted.
const BYTES_MAX: u64 = 107_500;
/// The files that count, by the ends of their names.
const COUNTED: [&str; 2] = ["_bg.wasm.br", ".js.br"];
/// Trunk names wasm and glue after the page's program.
const PROGRAM: &str = "wechat-checkout-page";

/// Prints what wasm and glue weigh.
///
/// # Errors
/// When `dist/` holds no page, and when the page is over its budget.
pub(crate) fn check() -> Result<()> {
    let bytes = weigh(&places::dist())?;
    println!("  wasm and glue: {bytes} bytes of brotli, {BYTES_MAX} are allowed");
    ensure!(
        bytes <= BYTES_MAX,
        "the page is {} bytes over its budget of {BYTES_MAX}: leave out what buyers can do without",
        bytes - BYTES_MAX
    );
    Ok(())
}

/// Bytes of wasm and glue, compressed.
///
/// # Errors
/// When `dist/` does not hold one of each.
pub(crate) fn weigh(dist: &Path) -> Result<u64> {
    let mut bytes = 0;
    for end in COUNTED {
        let mut found = 0_u32;
        for entry in fs::read_dir(dist).with_context(|| format!("reading {}", dist.display()))? {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with(PROGRAM) && name.ends_with(end) {
                bytes += entry.metadata()?.len();
                found += 1;
            }
        }
        ensure!(
            found == 1,
            "{} holds {found} files {PROGRAM}…{end}; run `cargo xtask page`",
            dist.display()
        );
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wasm_and_glue_are_weighed_and_nothing_else() -> Result<()> {
        let dist = std::env::temp_dir().join(format!("budget-{}", std::process::id()));
        fs::create_dir_all(&dist)?;
        fs::write(dist.join("wechat-checkout-page-1f_bg.wasm.br"), [0; 700])?;
        fs::write(dist.join("wechat-checkout-page-1f_bg.wasm"), [0; 2_000])?;
        fs::write(dist.join("start-1f.js.br"), [0; 50])?;
        assert!(weigh(&dist).is_err(), "there is no glue yet");
        fs::write(dist.join("wechat-checkout-page-1f.js.br"), [0; 60])?;
        let weighed = weigh(&dist);
        fs::remove_dir_all(&dist)?;
        assert_eq!(weighed?, 760);
        Ok(())
    }
}
