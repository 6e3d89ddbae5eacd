//! Clients that let the server wait, on real sockets with little patience.

use std::time::Duration;

use axum::body::Bytes;
use axum::routing::{get, post};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;

/// Far more than any of these tests needs.
const DEADLINE: Duration = Duration::from_secs(20);

/// More than the buffers of two sockets hold.
const LONG_ANSWER_BYTES: usize = 32 * 1024 * 1024;

const SHORT: Duration = Duration::from_millis(300);

/// Short where a test wants to see the end, and endless elsewhere.
const ENDLESS: Patience = Patience {
    head: DEADLINE,
    idle: DEADLINE,
    body: DEADLINE,
    pace: DEADLINE,
};

/// A server; stops when dropped.
struct Served {
    address: SocketAddr,
    _stop: oneshot::Sender<()>,
}

impl Served {
    async fn start(places: usize, patience: Patience) -> Served {
        let router = Router::new()
            .route("/short", get(|| async { "short" }))
            .route("/long", get(|| async { vec![b'x'; LONG_ANSWER_BYTES] }))
            .route("/echo", post(|body: Bytes| async { body }));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (_stop, stopped) = oneshot::channel();
        let places = Places::new(places);
        let _detached = tokio::spawn(serve(listener, router, places, patience, stopped));
        Served { address, _stop }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address)
            .await
            .expect("a connection")
    }

    async fn send(&self, text: &str) -> TcpStream {
        let mut stream = self.connect().await;
        stream.write_all(text.as_bytes()).await.expect("sent");
        stream
    }

    async fn is_answering(&self) -> bool {
        let mut stream = self.send("GET /short HTTP/1.1\r\nhost: x\r\n\r\n").await;
        let mut answer = [0; 12];
        let read = tokio::time::timeout(DEADLINE, stream.read_exact(&mut answer));
        read.await.expect("in time").is_ok() && answer.starts_with(b"HTTP/1.1 200")
    }
}

/// Everything until the server closes.
async fn rest_of(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    let read = tokio::time::timeout(DEADLINE / 2, stream.read_to_end(&mut answer));
    let _ = read.await.expect("closed by the server");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn silence_before_a_head_and_a_head_in_pieces_end_the_connection() {
    let patience = Patience {
        head: SHORT,
        ..ENDLESS
    };
    let served = Served::start(10, patience).await;
    assert_eq!(rest_of(served.connect().await).await, "");
    let mut slow = served.send("GET /short HTTP/1.1\r\nx: ").await;
    while slow.write_all(b"y").await.is_ok() {
        tokio::time::sleep(SHORT / 10).await;
    }
    // The second head of a connection has its own time.
    let mut second = served.send("GET /short HTTP/1.1\r\nhost: x\r\n\r\n").await;
    tokio::time::sleep(SHORT * 2).await;
    second
        .write_all(b"GET /short HTTP/1.1\r\n")
        .await
        .expect("still open");
    let answers = rest_of(second).await;
    assert_eq!(answers.matches("HTTP/1.1 200").count(), 1, "{answers}");
}

#[tokio::test]
async fn a_connection_between_two_requests_is_kept_for_its_time() {
    let patience = Patience {
        idle: SHORT * 3,
        ..ENDLESS
    };
    let served = Served::start(10, patience).await;
    let request = "GET /short HTTP/1.1\r\nhost: x\r\n\r\n";
    let mut kept = served.send(request).await;
    tokio::time::sleep(SHORT).await;
    kept.write_all(request.as_bytes())
        .await
        .expect("still open");
    let answers = rest_of(kept).await;
    assert_eq!(answers.matches("HTTP/1.1 200").count(), 2, "{answers}");
}

#[tokio::test]
async fn a_body_in_drops_ends_the_request() {
    let patience = Patience {
        body: SHORT,
        ..ENDLESS
    };
    let served = Served::start(10, patience).await;
    let head = "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n";
    let mut slow = served.send(head).await;
    let dribble = async {
        loop {
            let _ = slow.write_all(b"x").await;
            tokio::time::sleep(SHORT / 10).await;
        }
    };
    let closed = tokio::time::timeout(SHORT * 4, dribble).await;
    assert!(closed.is_err(), "dribbles on");
    let answer = rest_of(slow).await;
    assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn a_client_that_does_not_read_is_gone_and_one_that_reads_slowly_is_not() {
    let patience = Patience {
        pace: SHORT,
        ..ENDLESS
    };
    let served = Served::start(10, patience).await;
    let request = "GET /long HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let stopped = served.send(request).await;
    let mut slow = served.send(request).await;
    let mut taken = 0;
    let mut piece = vec![0; 1024 * 1024];
    while taken < LONG_ANSWER_BYTES {
        tokio::time::sleep(SHORT / 10).await;
        match slow.read(&mut piece).await.expect("still open") {
            0 => break,
            count => taken += count,
        }
    }
    assert!(taken > LONG_ANSWER_BYTES, "the whole answer and its head");
    // By now the other's time has long been up.
    assert!(rest_of(stopped).await.len() < LONG_ANSWER_BYTES);
}

#[tokio::test]
async fn idle_connections_and_half_heads_give_way_to_newcomers() {
    let served = Served::start(4, ENDLESS).await;
    let mut crowd = Vec::new();
    for number in 0..40 {
        crowd.push(match number % 3 {
            0 => served.connect().await,
            1 => served.send("GET /short HTTP/1.1\r\nx").await,
            _ => {
                served
                    .send("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nx")
                    .await
            }
        });
        assert!(served.is_answering().await, "after {number}");
    }
}

#[tokio::test]
async fn the_head_of_a_request_has_a_bounded_length_and_number_of_lines() {
    let served = Served::start(10, ENDLESS).await;
    let with = |lines: String| format!("GET /short HTTP/1.1\r\nhost: x\r\n{lines}\r\n");
    for head in [
        with(format!("x: {}\r\n", "y".repeat(20_000))),
        with("x: y\r\n".repeat(120)),
        format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "x".repeat(20_000)),
    ] {
        let answer = rest_of(served.send(&head).await).await;
        assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
}

#[tokio::test]
async fn a_head_with_bare_line_feeds_is_refused_and_a_body_with_them_is_not() {
    let served = Served::start(10, ENDLESS).await;
    for head in [
        "GET /short HTTP/1.1\nhost: x\n\n",
        "GET /short HTTP/1.1\r\nhost: x\r\nx: y\ncontent-length: 0\r\n\r\n",
    ] {
        let answer = rest_of(served.send(head).await).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    }
    let head = "POST /echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 4\r\n\r\n";
    let answer = rest_of(served.send(&[head, "a\nb\n"].concat()).await).await;
    assert!(answer.ends_with("\r\n\r\na\nb\n"), "{answer}");
}
