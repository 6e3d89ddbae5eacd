//! Foreign SDKs as judges: installs them into the cache and runs the interoperability test.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::system::{self, Need};
use crate::test::cargo;
use crate::{places, process};

/// The scripts and the lists of what they need.
const SCRIPTS: &str = "crates/simulator/tests/interop";
/// Written last, so that an interrupted installation is done again.
const COMPLETE: &str = ".complete";

/// Where the two SDKs were installed.
#[derive(Debug)]
struct Sdks {
    python: PathBuf,
    node_modules: PathBuf,
}

/// Runs the test with both SDKs.
///
/// # Errors
/// When they cannot be installed or disagree with us.
pub(crate) fn run() -> Result<()> {
    let sdks = install()?;
    let mut command = cargo(&["test", "--locked", "--package", "wechat-checkout"]);
    command
        .args(["--test", "journeys", "--", "foreign_sdks::"])
        .env("INTEROP_PYTHON", sdks.python)
        .env("INTEROP_NODE_MODULES", sdks.node_modules)
        .env("RUST_LIB_BACKTRACE", "0");
    process::run(command)
}

/// Installs both SDKs, for later.
///
/// # Errors
/// When one cannot be installed.
pub(crate) fn ensure_sdks() -> Result<()> {
    install().map(drop)
}

fn install() -> Result<Sdks> {
    system::ensure(&[Need::Python, Need::Node])?;
    let scripts = places::repository().join(SCRIPTS);
    let python = installed(&scripts, "requirements.txt", install_python)?;
    let node = installed(&scripts, "package-lock.json", install_node)?;
    Ok(Sdks {
        python: python.join("bin").join("python"),
        node_modules: node.join("node_modules"),
    })
}

/// A cache folder named after the content of a list; another content is another folder.
fn installed(
    scripts: &Path,
    list: &str,
    install: fn(&Path, &Path) -> Result<()>,
) -> Result<PathBuf> {
    let path = scripts.join(list);
    let content = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    let stem = list.split('.').next().unwrap_or(list);
    let folder = places::cache()?
        .join("interop")
        .join(format!("{stem}-{:016x}", hasher.finish()));
    if folder.join(COMPLETE).is_file() {
        return Ok(folder);
    }
    process::announce(
        &format!("installing the SDKs of {list}"),
        "they judge our signatures",
    );
    let started = Instant::now();
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("clearing {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
    install(scripts, &folder)?;
    fs::write(folder.join(COMPLETE), "").context("marking the installation complete")?;
    process::done(list, started);
    Ok(folder)
}

fn install_python(scripts: &Path, folder: &Path) -> Result<()> {
    let mut venv = Command::new("python3");
    venv.args(["-m", "venv"]).arg(folder);
    process::run_summarised(venv).context("making a virtual environment")?;
    let mut pip = Command::new(folder.join("bin").join("python"));
    pip.args([
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--requirement",
    ]);
    pip.arg(scripts.join("requirements.txt"));
    process::run_summarised(pip).context("installing the Python SDK")
}

fn install_node(scripts: &Path, folder: &Path) -> Result<()> {
    for file in ["package.json", "package-lock.json"] {
        fs::copy(scripts.join(file), folder.join(file))
            .with_context(|| format!("copying {file}"))?;
    }
    let npm = places::on_path("npm").context("npm is gone")?;
    let mut command = Command::new(npm);
    command.args([
        "ci",
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
        "--loglevel=error",
    ]);
    command.current_dir(folder);
    process::run_summarised(command).context("installing the JavaScript SDK")
}
