//! Requests byte by byte, for what no well-behaved client sends.

use std::io::ErrorKind;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::shop::{DEADLINE, Shop};

/// A connection to a shop's server.
pub(crate) async fn connect(shop: &Shop) -> TcpStream {
    let address = shop.server.url().replace("http://", "");
    TcpStream::connect(address).await.unwrap()
}

/// Sends bytes and returns everything that comes back until the server closes.
pub(crate) async fn answer_to(shop: &Shop, request: &[u8]) -> String {
    let mut stream = connect(shop).await;
    stream.write_all(request).await.unwrap();
    rest_of(&mut stream).await
}

/// What comes until the server closes, in whatever way it does.
pub(crate) async fn rest_of(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let read = tokio::time::timeout(DEADLINE * 2, stream.read_to_end(&mut answer));
    match read.await.expect("closed by the server") {
        Err(error) if error.kind() != ErrorKind::ConnectionReset => panic!("{error}"),
        _ => String::from_utf8_lossy(&answer).into_owned(),
    }
}

/// The status of an answer's first line.
pub(crate) fn status(answer: &str) -> Option<u16> {
    let version = answer.strip_prefix("HTTP/1.")?;
    version.get(2..5)?.parse().ok()
}
