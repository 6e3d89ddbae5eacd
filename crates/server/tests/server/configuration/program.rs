//! The real program with a configuration, and everything that it says.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, ExitStatus, Stdio};

use super::workshop::Workshop;

const PROGRAM: &str = env!("CARGO_BIN_EXE_wechat-checkout-server");

/// What it said, and how it ended; `None` when it served and was stopped.
pub(super) struct Said {
    pub(super) status: Option<ExitStatus>,
    pub(super) output: Vec<u8>,
    pub(super) stdout: String,
}

impl Said {
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.output).into_owned()
    }
}

/// The program, with nothing of the test's own environment but the log at its most talkative.
pub(super) fn program(
    workshop: &Workshop,
    arguments: &[&str],
    variables: &[(OsString, OsString)],
) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .current_dir(workshop.folder())
        .env_clear()
        .env("RUST_LOG", "trace")
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .arg("--config")
        .arg(workshop.path("checkout.toml"))
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    command
}

/// Runs it to its end, or until it listens.
pub(super) fn run(
    workshop: &Workshop,
    arguments: &[&str],
    variables: &[(OsString, OsString)],
) -> Said {
    // A pipe that nobody reads would stop it.
    let log = workshop.path("log");
    let mut child = program(workshop, arguments, variables)
        .stderr(std::fs::File::create(&log).unwrap())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut stdout = String::new();
    let mut is_listening = false;
    while out.read_line(&mut stdout).unwrap() > 0 {
        if stdout.contains("listening http") {
            is_listening = true;
            child.kill().unwrap();
            break;
        }
    }
    out.read_to_string(&mut stdout).unwrap();
    let status = child.wait().unwrap();
    let mut output = stdout.clone().into_bytes();
    output.extend(std::fs::read(&log).unwrap());
    Said {
        status: (!is_listening).then_some(status),
        output,
        stdout,
    }
}
