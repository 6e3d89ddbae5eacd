//! What only the system's package manager can bring: a browser, fonts, a database, Python, Node, C++.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Result, bail};

use crate::{places, postgres, process};

/// Something a check needs from the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// Chromium and its driver.
    Browser,
    /// A font that has Chinese letters, or every screenshot shows boxes.
    ChineseFont,
    /// PostgreSQL's server programs.
    PostgreSql,
    /// Python with `venv`.
    Python,
    /// Node and npm.
    Node,
    /// A compiler for the fuzzing engine, which is C++.
    CxxCompiler,
}

impl Need {
    /// Everything.
    pub(crate) const ALL: [Need; 6] = [
        Need::Browser,
        Need::ChineseFont,
        Need::PostgreSql,
        Need::Python,
        Need::Node,
        Need::CxxCompiler,
    ];

    fn why(self) -> &'static str {
        match self {
            Need::Browser => "the journeys drive a real browser",
            Need::ChineseFont => "the pictures show Chinese text",
            Need::PostgreSql => "the store's contract is tested on it",
            Need::Python => "a foreign SDK in Python checks our signatures",
            Need::Node => "a foreign SDK in JavaScript checks our signatures",
            Need::CxxCompiler => "the fuzzing engine is written in C++",
        }
    }

    fn debian_packages(self) -> &'static [&'static str] {
        match self {
            Need::Browser => &["chromium", "chromium-driver"],
            Need::ChineseFont => &["fonts-noto-cjk"],
            Need::PostgreSql => &["postgresql"],
            Need::Python => &["python3", "python3-venv"],
            Need::Node => &["nodejs", "npm"],
            Need::CxxCompiler => &["g++"],
        }
    }

    fn is_met(self) -> bool {
        match self {
            Need::Browser => {
                crate::browser::chromium().is_some() && crate::browser::driver().is_some()
            }
            Need::ChineseFont => has_chinese_font(),
            Need::PostgreSql => postgres::is_installed(),
            Need::Python => python_has_venv(),
            Need::Node => places::on_path("node").is_some() && places::on_path("npm").is_some(),
            Need::CxxCompiler => places::on_path("c++").is_some(),
        }
    }
}

/// Installs what is missing, or says exactly what to install.
///
/// # Errors
/// When something is missing and cannot be installed from here.
pub(crate) fn ensure(needs: &[Need]) -> Result<()> {
    let missing: Vec<Need> = needs
        .iter()
        .copied()
        .filter(|need| !need.is_met())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let packages: BTreeSet<&str> = missing
        .iter()
        .flat_map(|need| need.debian_packages())
        .copied()
        .collect();
    let packages: Vec<&str> = packages.into_iter().collect();
    let Some(apt) = Apt::find() else {
        bail!("{}", advice(&missing, &packages));
    };
    let reasons: Vec<&str> = missing.iter().map(|need| need.why()).collect();
    let what = format!("installing {}", packages.join(", "));
    process::announce(&what, &reasons.join("; "));
    let started = Instant::now();
    apt.install(&packages)?;
    process::done(&what, started);
    match missing.into_iter().find(|need| !need.is_met()) {
        Some(need) => bail!(
            "{} were installed, yet {need:?} is still missing",
            packages.join(", ")
        ),
        None => Ok(()),
    }
}

fn advice(missing: &[Need], packages: &[&str]) -> String {
    let reasons: Vec<String> = missing
        .iter()
        .map(|need| format!("{need:?}: {}", need.why()))
        .collect();
    format!(
        "missing on this machine: {}.\n\
         On Debian or Ubuntu: sudo apt-get install {}\n\
         Elsewhere install the same programs (chromium and chromedriver of one version, a CJK font, \
         PostgreSQL, python3 with venv, node with npm, c++) and put them on the PATH.",
        reasons.join("; "),
        packages.join(" ")
    )
}

/// `apt-get` with the right to use it.
struct Apt {
    through_sudo: bool,
}

impl Apt {
    fn find() -> Option<Apt> {
        places::on_path("apt-get")?;
        if process::output(id_command()).is_ok_and(|id| id.trim() == "0") {
            return Some(Apt {
                through_sudo: false,
            });
        }
        let mut sudo = Command::new("sudo");
        // -n: a password prompt in the middle of a summarised run would look like a hang.
        sudo.args(["-n", "true"])
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let allowed = sudo.status().is_ok_and(|status| status.success());
        allowed.then_some(Apt { through_sudo: true })
    }

    fn install(&self, packages: &[&str]) -> Result<()> {
        process::run_summarised(self.command(&["update"]))?;
        let mut command = self.command(&["install", "--yes", "--no-install-recommends"]);
        command.args(packages);
        process::run_summarised(command)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = if self.through_sudo {
            let mut sudo = Command::new("sudo");
            sudo.args(["-n", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
            sudo
        } else {
            let mut apt = Command::new("apt-get");
            apt.env("DEBIAN_FRONTEND", "noninteractive");
            apt
        };
        command.args(arguments);
        command
    }
}

fn id_command() -> Command {
    let mut command = Command::new("id");
    command.arg("-u");
    command
}

/// Without fontconfig nobody can say; then the pictures decide.
fn has_chinese_font() -> bool {
    if places::on_path("fc-list").is_none() {
        return cfg!(not(target_os = "linux"));
    }
    let mut command = Command::new("fc-list");
    command.arg(":lang=zh-cn");
    process::output(command).is_ok_and(|fonts| !fonts.trim().is_empty())
}

/// Debian ships Python without the part that makes virtual environments.
fn python_has_venv() -> bool {
    let mut command = Command::new("python3");
    command.args(["-c", "import venv, ensurepip"]);
    process::output(command).is_ok()
}
