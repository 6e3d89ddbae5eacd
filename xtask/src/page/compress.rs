//! Writes a `.br` beside each file of the page that compresses well.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::has_extension;

/// Files that compress well. Pictures and fonts in compressed formats would only grow.
const COMPRESSIBLE: [&str; 8] = [
    "html",
    "js",
    "css",
    "wasm",
    "svg",
    "json",
    "txt",
    "webmanifest",
];
/// Highest quality: files are compressed once and sent for ever.
const QUALITY: u32 = 11;
/// log2 of the window: 4 MiB, more than any of our files.
const WINDOW: u32 = 22;
const BUFFER_BYTES: usize = 64 * 1024;

/// Compresses what is worth it and returns what a browser downloads in all, in bytes.
pub(super) fn all(files: &[PathBuf]) -> Result<u64> {
    let mut sent: u64 = 0;
    for file in files
        .iter()
        .filter(|file| has_extension(file, &COMPRESSIBLE))
    {
        let bytes = fs::read(file).with_context(|| format!("reading {}", file.display()))?;
        let compressed = compress(&bytes)?;
        sent += u64::try_from(compressed.len())?;
        let mut name = file.clone().into_os_string();
        name.push(".br");
        fs::write(&name, compressed).with_context(|| format!("writing {}", name.display()))?;
    }
    Ok(sent)
}

fn compress(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut compressed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut compressed, BUFFER_BYTES, QUALITY, WINDOW);
    writer.write_all(bytes).context("compressing")?;
    drop(writer);
    Ok(compressed)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn what_is_compressed_comes_back_whole() -> Result<()> {
        let page = "<html>轻松会员商城</html>".repeat(200);
        let compressed = compress(page.as_bytes())?;
        assert!(
            compressed.len() < page.len() / 10,
            "{} bytes",
            compressed.len()
        );
        let mut back = Vec::new();
        brotli::BrotliDecompress(&mut compressed.as_slice(), &mut back)?;
        assert_eq!(back, page.as_bytes());
        Ok(())
    }

    #[test]
    fn pictures_are_not_compressed_again() {
        assert!(has_extension(
            Path::new("dist/page-1f2e_bg.wasm"),
            &COMPRESSIBLE
        ));
        assert!(!has_extension(Path::new("dist/icon.png"), &COMPRESSIBLE));
        assert!(!has_extension(
            Path::new("dist/index.html.br"),
            &COMPRESSIBLE
        ));
    }
}
