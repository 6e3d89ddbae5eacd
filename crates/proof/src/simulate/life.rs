//! One life of the server: the real one, in a runtime of its own, so that it can end between any
//! two steps of any request.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::runtime::{Builder, Runtime};
use wechat_checkout_server::app::App;
use wechat_checkout_server::clock::Clock;
use wechat_checkout_server::{Config, Server};

/// Tasks end at their next step; only a reading thread can take a moment.
const ENDS_WITHIN: Duration = Duration::from_secs(10);

/// A running server.
pub(super) struct Life {
    server: Server,
    runtime: Runtime,
}

impl Life {
    pub(super) async fn begin(config: &Config, clock: &Clock) -> Result<Life> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("server")
            .enable_all()
            .build()?;
        let started = runtime
            .spawn(Server::start_at(config.clone(), clock.clone()))
            .await;
        match started
            .map_err(anyhow::Error::from)
            .and_then(|started| Ok(started?))
        {
            Ok(server) => Ok(Life { server, runtime }),
            Err(error) => {
                end(runtime).await;
                Err(error)
            }
        }
    }

    pub(super) fn app(&self) -> &App {
        self.server.app()
    }

    pub(super) fn url(&self) -> String {
        self.server.url()
    }

    pub(super) fn address(&self) -> Result<SocketAddr> {
        let url = self.server.url();
        let address = url.strip_prefix("http://").context("not a plain address")?;
        Ok(address.parse()?)
    }

    /// Ends every task where it stands. Nothing is finished, nobody is told.
    pub(super) async fn crash(self) {
        let Life { server, runtime } = self;
        drop(server);
        end(runtime).await;
    }
}

/// Waiting is for threads that may block.
async fn end(runtime: Runtime) {
    let _ = tokio::task::spawn_blocking(move || runtime.shutdown_timeout(ENDS_WITHIN)).await;
}
