//! A WeChat of one answer: a real HTTP server on a free port that keeps what it was sent.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::{Uri, header};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;
use wechat_checkout_gateway::{Client, ClientConfig, Merchant, Params, xml};

/// A request as the stub got it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    pub(crate) fn params(&self) -> Params {
        xml::read(&self.body).expect("the client sends WeChat's XML")
    }
}

pub(crate) struct Stub {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    serving: JoinHandle<()>,
}

impl Stub {
    /// Answers every request with what `answer` makes of it.
    pub(crate) async fn start<F, A>(
        answer: impl Fn(Seen) -> F + Clone + Send + Sync + 'static,
    ) -> Stub
    where
        F: Future<Output = A> + Send,
        A: IntoResponse,
    {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&seen);
        let router = Router::new().fallback(async move |uri: Uri, body: Bytes| -> Response {
            let request = Seen {
                path: uri.path().to_owned(),
                query: uri.query().unwrap_or_default().to_owned(),
                body: body.to_vec(),
            };
            keep.lock()
                .expect("no test panics in here")
                .push(request.clone());
            answer(request).await.into_response()
        });
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .expect("a free port");
        let address = listener.local_addr().expect("a bound port");
        let serving = tokio::spawn(async move {
            axum::serve(listener, router)
                .await
                .expect("serving does not end");
        });
        Stub {
            address,
            seen,
            serving,
        }
    }

    /// Answers every request with the same message.
    pub(crate) async fn answering(params: Params) -> Stub {
        let message = xml::write(&params);
        Stub::start(move |_| std::future::ready(message.clone())).await
    }

    pub(crate) fn url(&self) -> Url {
        Url::parse(&format!("http://{}/", self.address)).expect("an address")
    }

    /// A client that sends every call once, so that a test sees the outcome of one answer.
    pub(crate) fn client(&self, merchant: Merchant) -> Client {
        let mut config = ClientConfig::new(self.url());
        config.attempts_max = 1;
        Client::new(config, merchant).expect("a client")
    }

    /// A client that repeats calls as it does in use.
    pub(crate) fn patient_client(&self, merchant: Merchant) -> Client {
        Client::new(ClientConfig::new(self.url()), merchant).expect("a client")
    }

    /// The requests so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("no test panics in here").clone()
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// An answer that WeChat's own front servers would give: HTML.
pub(crate) fn html(text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/html")], text)
}
