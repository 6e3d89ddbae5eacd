//! A program that keeps running beside us: started until it says it is ready, stopped on drop.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::interrupt;

const POLL: Duration = Duration::from_millis(50);
/// A server that is not up by then has a reason that its output tells.
const READY_WITHIN: Duration = Duration::from_secs(60);
/// Time to finish requests and close the store after a polite signal.
const STOP_WITHIN: Duration = Duration::from_secs(8);

/// A running program.
#[derive(Debug)]
pub(crate) struct Service {
    name: &'static str,
    child: Child,
}

impl Service {
    /// Starts it and waits until a line of its standard output begins with each of `ready`.
    ///
    /// # Errors
    /// When it cannot start, ends, or is not ready in time; and on Ctrl-C.
    pub(crate) fn start(
        name: &'static str,
        mut command: Command,
        ready: &[&str],
    ) -> Result<Service> {
        interrupt::check()?;
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        own_group(&mut command);
        let child = command
            .spawn()
            .with_context(|| format!("starting the {name}"))?;
        let mut service = Service { name, child };
        let lines = service.follow_output();
        service.wait_for(&lines, ready)?;
        Ok(service)
    }

    /// Its name, for messages.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// How it ended, if it did.
    ///
    /// # Errors
    /// When the system cannot say.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.child
            .try_wait()
            .with_context(|| format!("looking at the {}", self.name))
    }

    fn follow_output(&mut self) -> Receiver<String> {
        let (sender, lines) = mpsc::channel();
        if let Some(pipe) = self.child.stdout.take() {
            let name = self.name;
            thread::spawn(move || {
                for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                    println!("  {name} | {line}");
                    // Nobody listens once it is ready; the lines are still shown.
                    let _ = sender.send(line);
                }
            });
        }
        lines
    }

    fn wait_for(&mut self, lines: &Receiver<String>, ready: &[&str]) -> Result<()> {
        let deadline = Instant::now() + READY_WITHIN;
        let mut missing = ready.to_vec();
        while !missing.is_empty() {
            interrupt::check()?;
            match lines.recv_timeout(POLL) {
                Ok(line) => missing.retain(|prefix| !line.starts_with(prefix)),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    let status = self.child.wait().context("waiting for a program")?;
                    bail!(
                        "the {} ended before it was ready ({status}); its words are above",
                        self.name
                    );
                }
            }
            if Instant::now() > deadline {
                bail!(
                    "the {} is not ready after {} s",
                    self.name,
                    READY_WITHIN.as_secs()
                );
            }
        }
        Ok(())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if ask_to_stop(&self.child) {
            let deadline = Instant::now() + STOP_WITHIN;
            while Instant::now() < deadline {
                if !matches!(self.child.try_wait(), Ok(None)) {
                    return;
                }
                thread::sleep(POLL);
            }
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Its own process group: Ctrl-C in the terminal reaches only us, and we stop services in order.
#[cfg(unix)]
fn own_group(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
}

#[cfg(not(unix))]
fn own_group(_command: &mut Command) {}

/// Sends SIGTERM. The shell's own `kill` does it, since the standard library only knows SIGKILL.
#[cfg(unix)]
fn ask_to_stop(child: &Child) -> bool {
    let mut command = Command::new("sh");
    command.args(["-c", "kill -TERM \"$0\"", &child.id().to_string()]);
    command
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

#[cfg(not(unix))]
fn ask_to_stop(_child: &Child) -> bool {
    false
}
