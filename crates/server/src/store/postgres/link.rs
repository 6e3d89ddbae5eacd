//! A connection outside the pool: for migrations, and for waking.

use std::future::poll_fn;
use std::pin::pin;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_postgres::{AsyncMessage, Client, Notification};

use super::{OpenError, PostgresAddress};

/// Connecting, with encryption and password, ends after this long.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// An open connection and the task that moves its bytes. Dropping it closes it.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) client: Client,
    moving: JoinHandle<()>,
}

impl Link {
    /// Connects, and passes on what other sessions notify.
    pub(super) async fn open(
        address: &PostgresAddress,
        mut on_notification: impl FnMut(&Notification) + Send + 'static,
    ) -> Result<Link, OpenError> {
        let (config, tls) = (address.config(), address.tls()?);
        let connecting = tokio::time::timeout(CONNECT_WITHIN, config.connect(tls));
        let (client, mut connection) = connecting.await.map_err(|_| OpenError::NoAnswer)??;
        let moving = tokio::spawn(async move {
            let mut next = pin!(poll_fn(move |context| connection.poll_message(context)));
            while let Some(Ok(message)) = next.as_mut().await {
                if let AsyncMessage::Notification(notification) = message {
                    on_notification(&notification);
                }
            }
        });
        Ok(Link { client, moving })
    }

    /// Returns when the connection is gone.
    pub(super) async fn closed(&mut self) {
        let _ = (&mut self.moving).await;
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.moving.abort();
    }
}
