//! Builds and runs the server and simulated WeChat, on ports that can be chosen.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::service::Service;
use crate::{interrupt, places, process};

/// The server's program.
pub(crate) const SERVER: &str = "wechat-checkout-server";
/// The simulator's program.
const SIMULATOR: &str = "wechat-checkout-simulator";
/// How often a running backend looks after its programs.
const WATCH: Duration = Duration::from_millis(200);
/// A server that dies again and again has a reason that starting it once more does not cure.
const RESTARTS_MAX: u32 = 5;

/// Where everything listens, always on the loopback interface.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Ports {
    /// The checkout server.
    #[arg(long = "server-port", default_value_t = 8080)]
    server: u16,
    /// Simulated WeChat's gateway, which the server calls.
    #[arg(long = "gateway-port", default_value_t = 8089)]
    gateway: u16,
    /// Simulated WeChat's in-app browser, which people open.
    #[arg(long = "client-port", default_value_t = 8088)]
    client: u16,
    /// `trunk serve`, as Trunk.toml has it.
    #[arg(long = "trunk-port", default_value_t = 8000)]
    trunk: u16,
}

impl Ports {
    /// Fails before anything is built when a port is in use: better now than in five minutes.
    ///
    /// # Errors
    /// When a port is taken or two of them are the same.
    pub(crate) fn check_free(&self) -> Result<()> {
        let ports = [
            (self.server, "--server-port", "the server"),
            (self.gateway, "--gateway-port", "WeChat's gateway"),
            (self.client, "--client-port", "WeChat's browser"),
        ];
        let mut held = Vec::new();
        for (port, flag, who) in ports {
            match TcpListener::bind(loopback(port)) {
                Ok(listener) => held.push(listener),
                Err(error) => bail!(
                    "port {port}, meant for {who}, cannot be used ({error}); \
                     stop what uses it, perhaps another demo, or choose another port with {flag}"
                ),
            }
        }
        Ok(())
    }

    /// The address people open.
    pub(crate) fn client_url(&self) -> String {
        format!("http://{}/", loopback(self.client))
    }
}

/// Serves `trunk serve` until Ctrl-C.
///
/// # Errors
/// When a port is taken, a build fails, or a program does not stay up.
pub(crate) fn run(ports: &Ports) -> Result<()> {
    ports.check_free()?;
    build()?;
    let running = Running::start(ports)?;
    println!(
        "ready: now run `trunk serve` and open http://{}/",
        loopback(ports.trunk)
    );
    running.until_interrupted()
}

/// Builds both programs in the dev profile.
///
/// # Errors
/// When cargo fails.
pub(crate) fn build() -> Result<()> {
    let started = Instant::now();
    process::announce(
        "building the server and simulated WeChat",
        "the page talks to them",
    );
    let mut cargo = Command::new("cargo");
    cargo.args([
        "build",
        "--bins",
        "--package",
        SERVER,
        "--package",
        SIMULATOR,
    ]);
    cargo.current_dir(places::repository());
    process::run(cargo).context("building server and simulator")?;
    process::done("server and simulator built", started);
    Ok(())
}

/// Both programs, up.
#[derive(Debug)]
pub(crate) struct Running {
    // Dropped in this order: the server first, so that WeChat is there while it finishes its work.
    server: Service,
    simulator: Service,
    ports: Ports,
}

impl Running {
    /// Starts both and waits until they answer.
    ///
    /// # Errors
    /// When one of them does not come up.
    pub(crate) fn start(ports: &Ports) -> Result<Running> {
        let mut command = Command::new(places::built_program(SIMULATOR));
        command
            .args(["--gateway", &loopback(ports.gateway).to_string()])
            .args(["--client", &loopback(ports.client).to_string()])
            .args(["--page", &format!("http://{}", loopback(ports.server))])
            .current_dir(places::repository());
        let simulator = Service::start("simulator", command, &["gateway http", "client http"])?;
        let server = start_server(ports)?;
        Ok(Running {
            server,
            simulator,
            ports: *ports,
        })
    }

    /// Keeps both up until Ctrl-C. A server that dies is started again, as a supervisor does in
    /// production: so everybody can try what `kill -9` does to an order.
    ///
    /// # Errors
    /// When the simulator ends, or the server ends once too often.
    pub(crate) fn until_interrupted(mut self) -> Result<()> {
        let mut restarts = 0;
        while !interrupt::requested() {
            thread::sleep(WATCH);
            if let Some(status) = self.simulator.ended()? {
                bail!("the {} ended by itself ({status})", self.simulator.name());
            }
            let Some(status) = self.server.ended()? else {
                continue;
            };
            if interrupt::requested() {
                break;
            }
            if restarts == RESTARTS_MAX {
                bail!(
                    "the server ended {} times ({status}); its words are above",
                    restarts + 1
                );
            }
            restarts += 1;
            println!("• the server ended ({status}); starting it again");
            self.server = start_server(&self.ports)?;
        }
        println!("stopping");
        Ok(())
    }
}

fn start_server(ports: &Ports) -> Result<Service> {
    let origins: Vec<String> = [ports.client, ports.trunk]
        .iter()
        .flat_map(|port| {
            [
                format!("http://127.0.0.1:{port}"),
                format!("http://localhost:{port}"),
            ]
        })
        .map(|origin| format!("\"{origin}\""))
        .collect();
    let gateway = format!("http://{}", loopback(ports.gateway));
    let mut command = Command::new(places::built_program(SERVER));
    command
        .args(["--config", "crates/server/config/demo.toml"])
        // So that expiry and late money can be played in moments.
        .args(["--clock", &gateway])
        .env("CHECKOUT_LISTEN", loopback(ports.server).to_string())
        .env(
            "CHECKOUT_PUBLIC_ORIGINS",
            format!("[{}]", origins.join(",")),
        )
        .env("CHECKOUT_GATEWAY__BASE_URL", &gateway)
        .env(
            "CHECKOUT_OAUTH__AUTHORIZE_URL",
            format!("{gateway}/connect/oauth2/authorize"),
        )
        .env(
            "CHECKOUT_OAUTH__TOKEN_URL",
            format!("{gateway}/sns/oauth2/access_token"),
        )
        .current_dir(places::repository());
    Service::start("server", command, &["listening http"])
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_named_with_the_flag_that_moves_it() -> Result<()> {
        let taken = TcpListener::bind(loopback(0))?;
        let ports = Ports {
            server: 0,
            gateway: taken.local_addr()?.port(),
            client: 0,
            trunk: 0,
        };
        let error = ports
            .check_free()
            .err()
            .context("a taken port was called free")?;
        assert!(error.to_string().contains("--gateway-port"), "{error}");
        Ok(())
    }
}
