//! Files for their owner alone: orders name buyers, and other users of the machine are none of them.

use std::io;
use std::path::Path;

/// SQLite's own files beside the database; it gives new ones the database's mode.
const BESIDE: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// Makes a folder, with those above it, into which only its owner may look. One that is there stays
/// as it is: others may have business in it.
pub(super) fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    let _ = builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        let _ = builder.mode(0o700);
    }
    builder.create(folder)
}

/// Creates the database's file if there is none, and takes it and its neighbours from all but their
/// owner.
#[cfg(unix)]
pub(super) fn create_or_tighten(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = std::fs::OpenOptions::new();
    let _ = options.write(true).create(true).truncate(false).mode(0o600);
    drop(options.open(path)?);
    for suffix in BESIDE {
        let mut file = path.as_os_str().to_owned();
        file.push(suffix);
        tighten(Path::new(&file));
    }
    Ok(())
}

/// Other systems have rights of another kind, which files take from their folder.
#[cfg(not(unix))]
pub(super) fn create_or_tighten(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// A file of somebody else's cannot be changed: that is said, and no reason not to sell.
#[cfg(unix)]
fn tighten(file: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let Ok(mode) = std::fs::metadata(file).map(|found| found.permissions().mode() & 0o777) else {
        return;
    };
    if mode & 0o077 == 0 {
        return;
    }
    let private = std::fs::Permissions::from_mode(0o600);
    match std::fs::set_permissions(file, private) {
        Ok(()) => tracing::warn!(
            file = %file.display(),
            mode = format!("{mode:o}"),
            "other users could open this file of the database: now only its owner can",
        ),
        Err(error) => tracing::error!(
            file = %file.display(),
            mode = format!("{mode:o}"),
            %error,
            "other users can open this file of the database: change its mode to 600",
        ),
    }
}
