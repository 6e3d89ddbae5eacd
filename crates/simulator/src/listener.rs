//! Serves a router on a socket, and can drop a connection without an answer.

use std::io;
use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tower::ServiceExt;

/// Put into a response's extensions: close the connection instead of sending the response.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DropConnection;

/// Why a connection was closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the scenario drops this connection")]
struct Dropped;

/// Accepts connections until the task is aborted; all connections end with it.
pub(crate) async fn serve(listener: TcpListener, router: Router) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    connections.spawn(serve_connection(stream, peer, router.clone()));
                }
                // Out of file descriptors, or a client that was gone at once: both pass.
                Err(error) => {
                    tracing::warn!(%error, "accept failed");
                    tokio::task::yield_now().await;
                }
            },
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
        }
    }
}

async fn serve_connection(stream: TcpStream, peer: SocketAddr, router: Router) {
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let router = router.clone();
        async move {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            let response = router
                .oneshot(request)
                .await
                .unwrap_or_else(|never| match never {});
            if response.extensions().get::<DropConnection>().is_some() {
                return Err(Dropped);
            }
            Ok::<_, Dropped>(response)
        }
    });
    set_no_delay(&stream);
    let connection = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    if let Err(error) = connection.await {
        tracing::trace!(%error, "connection ended");
    }
}

/// Without it, small answers wait for the peer's delayed acknowledgement.
fn set_no_delay(stream: &TcpStream) {
    let result: io::Result<()> = stream.set_nodelay(true);
    if let Err(error) = result {
        tracing::trace!(%error, "TCP_NODELAY refused");
    }
}
