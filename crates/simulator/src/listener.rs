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
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;
use wechat_checkout_gateway::CertificateFacts;

/// Put into a response's extensions: close the connection instead of sending the response.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DropConnection;

/// Put into a request's extensions: how the caller is connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Connection {
    /// Plain HTTP, where there are no certificates.
    Plain,
    /// HTTPS, without a merchant certificate.
    Encrypted,
    /// HTTPS, with a certificate of the known authority.
    Authenticated {
        /// The merchant number in its subject, where WeChat writes it.
        mch_id: Option<String>,
    },
}

/// Why a connection was closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the scenario drops this connection")]
struct Dropped;

/// Accepts connections until the task is aborted; all connections end with it.
pub(crate) async fn serve(listener: TcpListener, router: Router, tls: Option<TlsAcceptor>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    connections.spawn(accept(stream, peer, router.clone(), tls.clone()));
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

async fn accept(stream: TcpStream, peer: SocketAddr, router: Router, tls: Option<TlsAcceptor>) {
    set_no_delay(&stream);
    let Some(tls) = tls else {
        return serve_connection(stream, peer, Connection::Plain, router).await;
    };
    match tls.accept(stream).await {
        Ok(stream) => {
            let connection = match stream.get_ref().1.peer_certificates() {
                Some([leaf, ..]) => Connection::Authenticated {
                    mch_id: CertificateFacts::from_der(leaf)
                        .ok()
                        .and_then(|facts| facts.mch_id),
                },
                Some([]) | None => Connection::Encrypted,
            };
            serve_connection(stream, peer, connection, router).await;
        }
        Err(error) => tracing::warn!(%error, "TLS handshake failed"),
    }
}

async fn serve_connection(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: SocketAddr,
    connection: Connection,
    router: Router,
) {
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let (router, connection) = (router.clone(), connection.clone());
        async move {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            request.extensions_mut().insert(connection);
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
    let served = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    if let Err(error) = served.await {
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
