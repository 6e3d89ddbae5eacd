//! Accepts connections: a bounded number, each with a bounded patience for its requests' heads.
//!
//! A connection that dawdles over its request line and headers holds a place that WeChat's
//! notification may need, so it gets [`HEAD_WITHIN`] and no more.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::{Request, server::conn::http1};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};
use tower::ServiceExt;

/// Connections at a time; more wait in the kernel's queue. A watch socket leaves its place to
/// others: the hub counts those.
const CONNECTIONS_MAX: u32 = 16_384;

/// For the head of a request; a kept-alive connection may idle as long between two.
const HEAD_WITHIN: Duration = Duration::from_secs(20);

/// Requests under way get this long to finish when the server stops.
const STOP_WITHIN: Duration = Duration::from_secs(10);

/// After a failed accept (no file descriptors left, most often) the next one waits a moment.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves until told to stop, then lets the requests under way finish.
pub(crate) async fn serve(listener: TcpListener, router: Router, mut stop: oneshot::Receiver<()>) {
    let places = Arc::new(Semaphore::new(
        usize::try_from(CONNECTIONS_MAX).unwrap_or(usize::MAX),
    ));
    let stopping = watch::Sender::new(false);
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            break;
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = &mut stop => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let router = router.clone();
                let _detached = tokio::spawn(connection(
                    stream,
                    peer,
                    router,
                    stopping.subscribe(),
                    place,
                ));
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    let _ = stopping.send_replace(true);
    let all_left = places.acquire_many(CONNECTIONS_MAX);
    if tokio::time::timeout(STOP_WITHIN, all_left).await.is_err() {
        tracing::warn!("requests were still under way when the server stopped");
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    mut stopping: watch::Receiver<bool>,
    place: OwnedSemaphorePermit,
) {
    // Small answers, sent at once: waiting for more to send only delays them.
    let _ = stream.set_nodelay(true);
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        let _ = request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    // A connection that breaks off is the client's business.
    tokio::select! {
        _ = connection.as_mut() => {}
        // Wrapped, since what it returns must not be held while the connection finishes.
        () = async { drop(stopping.wait_for(|stopping| *stopping).await) } => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
    drop(place);
}
