//! Reads a file of text as editors on all systems write it.

use std::io::ErrorKind;
use std::path::Path;

/// The byte order mark that some editors write first.
const UTF8_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The bytes of a file, or a sentence on why there are none.
pub(crate) fn read_bytes(path: &Path, bytes_max: u64) -> Result<Vec<u8>, String> {
    let cannot = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => "does not exist".to_owned(),
        ErrorKind::PermissionDenied => "may not be read by this user".to_owned(),
        kind => format!("cannot be read ({kind})"),
    };
    let metadata = std::fs::metadata(path).map_err(cannot)?;
    if !metadata.is_file() {
        return Err("is not a file".to_owned());
    }
    if metadata.len() > bytes_max {
        return Err(format!("has more than {bytes_max} bytes"));
    }
    std::fs::read(path).map_err(cannot)
}

/// The text of a file without a byte order mark, or a sentence on why there is none. The sentence
/// has nothing of the file in it.
pub(crate) fn read_text(path: &Path, bytes_max: u64) -> Result<String, String> {
    let bytes = read_bytes(path, bytes_max)?;
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Err("is UTF-16: save it as UTF-8".to_owned());
    }
    let text = bytes.strip_prefix(UTF8_MARK).unwrap_or(&bytes);
    match std::str::from_utf8(text) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => {
            let before = &text[..error.valid_up_to()];
            let line = before.split(|byte| *byte == b'\n').count();
            Err(format!("is not UTF-8 in line {line}: save it as UTF-8"))
        }
    }
}
