//! WeChat's token endpoint, answering as it is told: the simulator's always works.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// One answer.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Answer {
    /// Status and body.
    Text(u16, &'static str),
    /// The connection closes without one.
    HangUp,
}

impl Answer {
    /// A buyer.
    pub(crate) const GRANT: Answer = Answer::Text(200, r#"{"openid":"oBuyer-1","errcode":0}"#);
    /// A virtual account.
    pub(crate) const SNAPSHOT: Answer =
        Answer::Text(200, r#"{"openid":"oBuyer-1","is_snapshotuser":1}"#);
}

/// Gives its answers in order.
pub(crate) struct TokenEndpoint {
    pub(crate) url: String,
    asked: Arc<Mutex<usize>>,
}

impl TokenEndpoint {
    pub(crate) async fn start(answers: impl IntoIterator<Item = Answer>) -> TokenEndpoint {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/token", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(0));
        let count = Arc::clone(&asked);
        let mut answers: VecDeque<Answer> = answers.into_iter().collect();
        let _detached = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *count.lock().unwrap() += 1;
                answer(stream, answers.pop_front().unwrap_or(Answer::HangUp)).await;
            }
        });
        TokenEndpoint { url, asked }
    }

    /// How many codes it was asked about.
    pub(crate) fn asked(&self) -> usize {
        *self.asked.lock().unwrap()
    }
}

async fn answer(mut stream: TcpStream, answer: Answer) {
    let mut head = Vec::new();
    let mut piece = [0; 1_024];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut piece).await {
            Ok(count @ 1..) => head.extend_from_slice(&piece[..count]),
            _ => return,
        }
    }
    if let Answer::Text(status, body) = answer {
        let length = body.len();
        let text = format!(
            "HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
        );
        let _ = stream.write_all(text.as_bytes()).await;
    }
}
