//! Accepts connections: a bounded number, each with an end to the patience for whatever it lets
//! the server wait for.

mod body;
mod head;
mod patience;
mod stream;
#[cfg(test)]
mod tests;

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::StatusCode;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, server::conn::http1};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{oneshot, watch};
use tower::ServiceExt;

pub(crate) use self::patience::Patience;

use self::body::PatientBody;
use self::stream::{Exchange, PatientStream};
use crate::places::{Guest, Place, Places};

/// The longest head of a request; a browser's has one or two. The parser takes 100 header lines.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// Requests under way get this long to finish when the server stops.
const STOP_WITHIN: Duration = Duration::from_secs(10);

/// After a failed accept (no file descriptors left, most often) the next one waits a moment.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until told to stop, then lets the requests under way finish.
///
/// A watch socket leaves its place to others: the hub counts those.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    places: Places,
    patience: Patience,
    mut stop: oneshot::Receiver<()>,
) {
    let stopping = watch::Sender::new(false);
    loop {
        let arrival = async {
            let accepted = listener.accept().await?;
            // Only a newcomer makes others give way, so he comes first.
            Ok((accepted, places.enter().await))
        };
        let arrived: io::Result<_> = tokio::select! {
            arrived = arrival => arrived,
            _ = &mut stop => break,
        };
        match arrived {
            Ok(((stream, peer), place)) => {
                let router = router.clone();
                let stopping = stopping.subscribe();
                let _detached = tokio::spawn(
                    Connection {
                        stream,
                        peer,
                        place,
                        patience,
                    }
                    .serve(router, stopping),
                );
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    let _ = stopping.send_replace(true);
    if tokio::time::timeout(STOP_WITHIN, places.empty())
        .await
        .is_err()
    {
        tracing::warn!("requests were still under way when the server stopped");
    }
}

/// One connection, from its begin to its end.
struct Connection {
    stream: TcpStream,
    peer: SocketAddr,
    place: Place,
    patience: Patience,
}

impl Connection {
    async fn serve(self, router: Router, mut stopping: watch::Receiver<bool>) {
        let Connection {
            stream,
            peer,
            place,
            patience,
        } = self;
        // Small answers, sent at once: waiting for more to send only delays them.
        let _ = stream.set_nodelay(true);
        let guest = place.guest();
        let exchange = Exchange::default();
        let stream = PatientStream::new(stream, guest.clone(), exchange.clone(), patience);
        let service = service_fn(|request: Request<Incoming>| {
            let mut request = request.map(|body| PatientBody::new(body, guest.clone(), patience));
            let _ = request.extensions_mut().insert(ConnectInfo(peer));
            answer(router.clone(), request, guest.clone(), exchange.clone())
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(patience.idle)
            .max_buf_size(HEAD_BYTES_MAX)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades();
        let mut connection = pin!(connection);
        // A connection that breaks off is the client's business.
        tokio::select! {
            _ = connection.as_mut() => {}
            () = place.told_to_leave() => {
                metrics::counter!("connections_displaced").increment(1);
            }
            // Wrapped, since what it returns must not be held while the connection finishes.
            () = async { drop(stopping.wait_for(|stopping| *stopping).await) } => {
                connection.as_mut().graceful_shutdown();
                let _ = connection.await;
            }
        }
    }
}

/// Answers one request, and says to those who watch over the connection how far it is.
async fn answer(
    router: Router,
    request: Request<PatientBody>,
    guest: Guest,
    exchange: Exchange,
) -> Result<Response, Infallible> {
    exchange.begin();
    guest.is_served();
    let answer = router.oneshot(request).await;
    guest.is_awaited();
    let is_upgrade = |answer: &Response| answer.status() == StatusCode::SWITCHING_PROTOCOLS;
    if !answer.as_ref().is_ok_and(is_upgrade) {
        exchange.end();
    }
    answer
}
