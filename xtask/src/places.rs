//! Where things are: the repository, its build folders, and the user's cache.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The folder of the workspace's `Cargo.toml`.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."))
}

/// The built page.
pub(crate) fn dist() -> PathBuf {
    repository().join("dist")
}

/// Where cargo puts what it builds.
pub(crate) fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => repository().join(folder),
        None => repository().join("target"),
    }
}

/// A program of the workspace in the dev profile.
pub(crate) fn built_program(name: &str) -> PathBuf {
    target()
        .join("debug")
        .join(format!("{name}{}", env::consts::EXE_SUFFIX))
}

/// Our corner of the user's cache, shared by all clones.
///
/// # Errors
/// When neither `XDG_CACHE_HOME` nor a home folder is known.
pub(crate) fn cache() -> Result<PathBuf> {
    let base = env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute());
    let base = match base {
        Some(base) => base,
        None => env::home_dir()
            .context("no home folder for the tool cache; set XDG_CACHE_HOME")?
            .join(".cache"),
    };
    Ok(base.join("wechat-checkout"))
}

/// A tool of one version; another version is another folder, so clones never disturb each other.
///
/// # Errors
/// As [`cache`].
pub(crate) fn tool(name: &str, version: &str) -> Result<PathBuf> {
    Ok(cache()?.join("tools").join(format!("{name}-{version}")))
}

/// Where cargo unpacks the sources of crates, one folder per registry; none before its first download.
///
/// # Errors
/// When neither `CARGO_HOME` nor a home folder is known.
pub(crate) fn crate_sources() -> Result<Vec<PathBuf>> {
    let home = match env::var_os("CARGO_HOME") {
        Some(home) => PathBuf::from(home),
        None => env::home_dir()
            .context("no home folder for cargo; set CARGO_HOME")?
            .join(".cargo"),
    };
    let Ok(registries) = std::fs::read_dir(home.join("registry").join("src")) else {
        return Ok(Vec::new());
    };
    let mut folders = registries
        .map(|registry| Ok(registry?.path()))
        .collect::<Result<Vec<_>>>()?;
    // Flags in another order would build everything again.
    folders.sort();
    Ok(folders)
}

/// Finds a program on the `PATH`.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    let name = format!("{program}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(&name))
        .find(|candidate| candidate.is_file())
}
