//! A merchant's notify_url: keeps what arrives and answers what it was told to.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use tokio::task::JoinHandle;
use url::Url;
use wechat_checkout_gateway::notification::ACK_SUCCESS;

/// A running receiver.
pub(crate) struct Receiver {
    pub(crate) notify_url: Url,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    bodies: Mutex<Vec<Bytes>>,
    answers: Mutex<VecDeque<(StatusCode, String)>>,
}

impl Receiver {
    /// Acknowledges everything, until told otherwise.
    pub(crate) async fn start() -> Receiver {
        let shared = Arc::new(Shared::default());
        let router = Router::new()
            .route("/notify", post(receive))
            .with_state(shared.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a free port");
        let address = listener.local_addr().expect("an address");
        let task = tokio::spawn(async move {
            axum::serve(listener, router)
                .await
                .expect("serving ends only with the task");
        });
        let notify_url = format!("http://{address}/notify").parse().expect("a URL");
        Receiver {
            notify_url,
            shared,
            task,
        }
    }

    /// The next notifications get these answers, one each; later ones are acknowledged again.
    pub(crate) fn answer_next(&self, answers: impl IntoIterator<Item = (u16, &'static str)>) {
        let mut planned = self.shared.answers.lock().expect("no panic under the lock");
        planned.extend(answers.into_iter().map(|(status, body)| {
            (
                StatusCode::from_u16(status).expect("a status"),
                body.to_owned(),
            )
        }));
    }

    /// What has arrived so far.
    pub(crate) fn bodies(&self) -> Vec<Bytes> {
        self.shared
            .bodies
            .lock()
            .expect("no panic under the lock")
            .clone()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn receive(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    shared
        .bodies
        .lock()
        .expect("no panic under the lock")
        .push(body);
    let planned = shared
        .answers
        .lock()
        .expect("no panic under the lock")
        .pop_front();
    planned
        .unwrap_or((StatusCode::OK, ACK_SUCCESS.to_owned()))
        .into_response()
}
