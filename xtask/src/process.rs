//! Runs one program to its end: says what and why, shows progress, stops it on Ctrl-C.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::interrupt;

/// How often a waiting loop looks at Ctrl-C and at the child.
const POLL: Duration = Duration::from_millis(50);
/// How often a summarised run shows a sign of life where nobody redraws lines.
const SIGN_OF_LIFE: Duration = Duration::from_secs(10);
/// How much of a summarised run is shown when it fails.
const LAST_LINES_MAX: usize = 60;
/// A longer line would wrap and leave traces when it is redrawn.
const REDRAWN_CHARS_MAX: usize = 70;

/// Says what happens next and why it is needed.
pub(crate) fn announce(what: &str, why: &str) {
    println!("• {what}: {why}");
}

/// Says that a step is over and what it took.
pub(crate) fn done(what: &str, started: Instant) {
    println!("  {what}: {:.1} s", started.elapsed().as_secs_f32());
}

/// Runs with everything it prints shown.
///
/// # Errors
/// When it cannot start, fails, or the run is interrupted.
pub(crate) fn run(mut command: Command) -> Result<()> {
    let mut child = spawn(&mut command)?;
    let status = wait(&mut child)?;
    judge(&command, status)
}

/// Runs with one line of progress instead of its output; the end of it is shown when it fails.
///
/// # Errors
/// As [`run`].
pub(crate) fn run_summarised(mut command: Command) -> Result<()> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = spawn(&mut command)?;
    let (lines, received) = mpsc::channel();
    read_lines(child.stdout.take(), lines.clone());
    read_lines(child.stderr.take(), lines);

    let mut progress = Progress::new();
    loop {
        match received.recv_timeout(POLL) {
            Ok(line) => progress.note(line),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        progress.show();
        stop_on_interrupt(&mut child)?;
    }
    let status = wait(&mut child)?;
    progress.clear();
    if !status.success() {
        progress.show_last_lines();
    }
    judge(&command, status)
}

/// Runs quietly and returns what it printed.
///
/// # Errors
/// When it cannot start or fails.
pub(crate) fn output(mut command: Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output();
    let output = output.with_context(|| format!("starting {}", name_of(&command)))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{} failed: {}", name_of(&command), said.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether a program starts and answers `--version`: a half-installed one does not.
pub(crate) fn answers_version(program: impl AsRef<std::ffi::OsStr>) -> bool {
    let mut command = Command::new(program);
    command
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// The program's name, for messages.
pub(crate) fn name_of(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    program
        .file_name()
        .unwrap_or(command.get_program())
        .to_string_lossy()
        .into_owned()
}

fn spawn(command: &mut Command) -> Result<Child> {
    interrupt::check()?;
    command
        .spawn()
        .with_context(|| format!("starting {}", name_of(command)))
}

fn wait(child: &mut Child) -> Result<ExitStatus> {
    loop {
        if let Some(status) = child.try_wait().context("waiting for a program")? {
            return Ok(status);
        }
        stop_on_interrupt(child)?;
        thread::sleep(POLL);
    }
}

fn stop_on_interrupt(child: &mut Child) -> Result<()> {
    if let Err(interrupted) = interrupt::check() {
        // It may have ended by itself: Ctrl-C in a terminal reaches the whole group.
        let _ = child.kill();
        let _ = child.wait();
        return Err(interrupted);
    }
    Ok(())
}

fn judge(command: &Command, status: ExitStatus) -> Result<()> {
    interrupt::check()?;
    if !status.success() {
        bail!("{} failed: {status}", shown(command));
    }
    Ok(())
}

fn shown(command: &Command) -> String {
    let mut text = name_of(command);
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}

fn read_lines(pipe: Option<impl Read + Send + 'static>, lines: Sender<String>) {
    let Some(pipe) = pipe else { return };
    thread::spawn(move || {
        for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
            if lines
                .send(String::from_utf8_lossy(&line).trim_end().to_owned())
                .is_err()
            {
                return;
            }
        }
    });
}

/// The one line that a summarised run shows, and the lines kept for a failure.
struct Progress {
    started: Instant,
    shown_at: Instant,
    redraws: bool,
    last_lines: VecDeque<String>,
}

impl Progress {
    fn new() -> Progress {
        let now = Instant::now();
        let redraws = std::io::stdout().is_terminal();
        Progress {
            started: now,
            shown_at: now,
            redraws,
            last_lines: VecDeque::new(),
        }
    }

    fn note(&mut self, line: String) {
        if line.is_empty() {
            return;
        }
        if self.last_lines.len() == LAST_LINES_MAX {
            self.last_lines.pop_front();
        }
        self.last_lines.push_back(line);
    }

    fn show(&mut self) {
        let pause = if self.redraws {
            Duration::from_millis(200)
        } else {
            SIGN_OF_LIFE
        };
        if self.shown_at.elapsed() < pause {
            return;
        }
        self.shown_at = Instant::now();
        let seconds = self.started.elapsed().as_secs();
        let last = self.last_lines.back().map_or("", |line| line.trim());
        let last: String = last.chars().take(REDRAWN_CHARS_MAX).collect();
        if self.redraws {
            print!("\r\x1b[2K  … {seconds} s  {last}");
            let _ = std::io::stdout().flush();
        } else {
            println!("  … {seconds} s  {last}");
        }
    }

    fn clear(&self) {
        if self.redraws {
            print!("\r\x1b[2K");
            let _ = std::io::stdout().flush();
        }
    }

    fn show_last_lines(&self) {
        for line in &self.last_lines {
            eprintln!("    {line}");
        }
    }
}
