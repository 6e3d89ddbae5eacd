//! The cheapest client that speaks HTTP/1.1 correctly: prepared bytes out, one answer in.
//!
//! The load shares two cores with the server that it measures, so everything that can be prepared
//! is prepared, and an answer is parsed as far as it is needed.

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wechat_checkout_gateway::notification::ACK_SUCCESS;
use wechat_checkout_protocol::routes::NOTIFY_PAYMENT;

/// Answers to notifications are far shorter, headers included.
const ANSWER_BYTES_MAX: usize = 8 * 1024;

/// A notification as bytes on the wire.
pub(crate) fn request(body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "POST {NOTIFY_PAYMENT} HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: Mozilla/4.0\r\n\
         content-type: text/xml\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// One keep-alive connection.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    answer: Vec<u8>,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Result<Connection> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Connection {
            stream,
            answer: Vec::with_capacity(ANSWER_BYTES_MAX),
        })
    }

    /// Sends a notification and says whether the server acknowledged it, byte for byte.
    pub(crate) async fn is_acknowledged(&mut self, request: &[u8]) -> Result<bool> {
        self.stream.write_all(request).await?;
        self.answer.clear();
        loop {
            let read = self.stream.read_buf(&mut self.answer).await?;
            if read == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            if let Some(answer) = whole_answer(&self.answer)? {
                return Ok(answer.status == b"200" && answer.body == ACK_SUCCESS.as_bytes());
            }
            if self.answer.len() >= ANSWER_BYTES_MAX {
                return Err(Error::new(ErrorKind::InvalidData, "the answer is too long"));
            }
        }
    }
}

struct Answer<'a> {
    status: &'a [u8],
    body: &'a [u8],
}

/// The answer, once all of it has arrived.
fn whole_answer(bytes: &[u8]) -> Result<Option<Answer<'_>>> {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(None);
    };
    let (head, rest) = bytes.split_at(end);
    let body = rest.get(4..).unwrap_or_default();
    let length = content_length(head)
        .ok_or_else(|| Error::new(ErrorKind::InvalidData, "an answer without content-length"))?;
    Ok(body.get(..length).map(|body| Answer {
        status: head.get(9..12).unwrap_or_default(),
        body,
    }))
}

fn content_length(head: &[u8]) -> Option<usize> {
    let head = std::str::from_utf8(head).ok()?;
    head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse().ok())?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_when_its_body_is() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        for cut in 0..answer.len() {
            assert!(whole_answer(&answer[..cut]).is_ok_and(|answer| answer.is_none()));
        }
        let whole = whole_answer(answer).ok().flatten();
        assert!(whole.is_some_and(|whole| whole.status == b"200" && whole.body == b"ok"));
        assert!(whole_answer(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }
}
