//! One request on a connection of its own, as hostile clients send it: any bytes, then the status.

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::tally::Tally;

/// A flood's answer that comes later than this is a hang, and its connection is held.
const ANSWERED_WITHIN: Duration = Duration::from_secs(15);

/// What is looked at of an answer.
const HEAD_BYTES_MAX: usize = 4 * 1024;

/// An answer's status and the begin of its head.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
}

/// Sends bytes and reads the answer until the server closes. Counts the connection, which is held
/// if the server neither answers nor closes in time.
pub(super) async fn ask(address: SocketAddr, request: &[u8], tally: &Tally) -> Result<Answer> {
    tally.open();
    let answer = timeout(ANSWERED_WITHIN, exchange(address, request)).await;
    match answer {
        Ok(answer) => {
            tally.end();
            answer
        }
        Err(_) => Err(ErrorKind::TimedOut.into()),
    }
}

async fn exchange(address: SocketAddr, request: &[u8]) -> Result<Answer> {
    let mut stream = TcpStream::connect(address).await?;
    // The answer may come, and the connection end, before all of a request was sent.
    let _ = stream.write_all(request).await;
    let mut begin = Vec::with_capacity(HEAD_BYTES_MAX);
    let mut chunk = [0; HEAD_BYTES_MAX];
    loop {
        let read = stream.read(&mut chunk).await?;
        if read == 0 {
            break;
        }
        let room = HEAD_BYTES_MAX.saturating_sub(begin.len());
        begin.extend_from_slice(&chunk[..read.min(room)]);
        // An upgraded connection stays open: the head is all there is to know.
        if begin.starts_with(b"HTTP/1.1 101") {
            break;
        }
    }
    let head = String::from_utf8_lossy(&begin).into_owned();
    let status = head.get(9..12).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| Error::from(ErrorKind::UnexpectedEof))?;
    Ok(Answer { status, head })
}

/// A request without a body, after which the server closes.
pub(super) fn get(path: &str, headers: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n{headers}\r\n")
        .into_bytes()
}

/// A request with a body, after which the server closes.
pub(super) fn post(path: &str, kind: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\
         content-type: {kind}\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}
