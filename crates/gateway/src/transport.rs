//! HTTPS to WeChat: trusted roots, bounded times and sizes, a second host when the first is dead.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Response, redirect};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use url::{Host, Url};

use crate::certificate::{CertificateError, ClientCertificate};
use crate::wall_clock::WallClock;

/// What every connection of this crate keeps to.
#[derive(Clone, Debug)]
pub(crate) struct TransportConfig {
    pub(crate) connect_timeout: Duration,
    /// For the whole call, connection included.
    pub(crate) call_timeout: Duration,
    pub(crate) extra_roots_pem: Option<String>,
    pub(crate) client_certificate: Option<ClientCertificate>,
    pub(crate) clock: WallClock,
}

impl Default for TransportConfig {
    fn default() -> TransportConfig {
        TransportConfig {
            connect_timeout: Duration::from_secs(3),
            call_timeout: Duration::from_secs(10),
            extra_roots_pem: None,
            client_certificate: None,
            clock: WallClock::system(),
        }
    }
}

/// Why a client cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// Plain HTTP is for simulators on this machine only.
    #[error("{url} is not https: plain http is accepted for loopback addresses only")]
    NotHttps {
        /// The address as configured.
        url: Url,
    },
    /// A certificate authority is not readable PEM.
    #[error("extra root certificates are not readable PEM")]
    BadRoots,
    /// The merchant certificate can never be used.
    #[error("merchant certificate is not usable")]
    Certificate(#[from] CertificateError),
    /// The HTTP client refused its settings.
    #[error("HTTP client cannot be set up")]
    Http(#[source] reqwest::Error),
}

/// Why there is no usable answer. What happened at WeChat is not known.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// No connection, on either host.
    #[error("WeChat cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    /// No answer in time.
    #[error("WeChat did not answer in time")]
    TimedOut(#[source] reqwest::Error),
    /// The connection broke before the answer was complete.
    #[error("connection to WeChat broke")]
    Broken(#[source] reqwest::Error),
    /// Another HTTP status than 200, which is what WeChat answers even to refusals.
    #[error("WeChat answered with HTTP status {0}")]
    Status(u16),
    /// More bytes than the call can have.
    #[error("answer is longer than {limit} bytes")]
    TooLong {
        /// What the call allows.
        limit: usize,
    },
}

/// One connection pool.
#[derive(Clone, Debug)]
pub(crate) struct Transport {
    http: reqwest::Client,
    call_timeout: Duration,
    clock: WallClock,
}

impl Transport {
    pub(crate) fn new(config: &TransportConfig, hosts: &[&Url]) -> Result<Transport, ClientError> {
        for url in hosts {
            require_https(url)?;
        }
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls_config(config)?)
            .redirect(redirect::Policy::none())
            .connect_timeout(config.connect_timeout)
            .timeout(config.call_timeout)
            .user_agent(concat!("wechat-checkout/", env!("CARGO_PKG_VERSION")));
        if hosts.iter().all(|url| is_loopback(url)) {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(ClientError::Http)?;
        Ok(Transport {
            http,
            call_timeout: config.call_timeout,
            clock: config.clock.clone(),
        })
    }

    /// Posts, and reads an answer of at most `limit` bytes. Ends at `deadline` at the latest.
    pub(crate) async fn post_xml(
        &self,
        hosts: &[Url],
        path: &str,
        message: String,
        limit: usize,
        deadline: Instant,
    ) -> Result<Bytes, TransportError> {
        let response = self.post(hosts, path, message, self.call_timeout, deadline);
        read_body(response.await?, limit).await
    }

    /// Posts, and leaves the answer to be read piece by piece until `deadline`.
    pub(crate) async fn post_for_stream(
        &self,
        hosts: &[Url],
        path: &str,
        message: String,
        deadline: Instant,
    ) -> Result<BodyStream, TransportError> {
        let response = self
            .post(hosts, path, message, Duration::MAX, deadline)
            .await?;
        require_ok(&response)?;
        Ok(BodyStream(response))
    }

    /// Posts to the first host, and once to the second if no connection to the first came about.
    ///
    /// A refused connection has delivered nothing, so this is safe for every call.
    async fn post(
        &self,
        hosts: &[Url],
        path: &str,
        message: String,
        timeout: Duration,
        deadline: Instant,
    ) -> Result<Response, TransportError> {
        let message = Bytes::from(message);
        let mut unreachable = None;
        for host in hosts {
            let asked_at = Instant::now();
            let request = self
                .http
                .post(endpoint(host, path))
                .header(CONTENT_TYPE, "text/xml")
                .timeout(timeout.min(deadline.saturating_duration_since(asked_at)));
            match request.body(message.clone()).send().await {
                Ok(response) => {
                    self.note_clock(&response, asked_at);
                    return Ok(response);
                }
                Err(error) if error.is_connect() => unreachable = Some(error.without_url()),
                Err(error) => return Err(classify(error)),
            }
        }
        Err(TransportError::Unreachable(
            unreachable.expect("there is at least one host"),
        ))
    }

    /// Gets an address whose query may hold a secret: no error repeats it.
    pub(crate) async fn get(&self, url: Url, limit: usize) -> Result<Bytes, TransportError> {
        let asked_at = Instant::now();
        let response = self.http.get(url).send().await.map_err(classify)?;
        self.note_clock(&response, asked_at);
        read_body(response, limit).await
    }

    fn note_clock(&self, response: &Response, asked_at: Instant) {
        let host = response.url().host_str().unwrap_or_default();
        self.clock.note(host, response.headers(), asked_at);
    }
}

/// The body of an answer, piece by piece.
pub(crate) struct BodyStream(Response);

impl BodyStream {
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, TransportError> {
        self.0.chunk().await.map_err(classify)
    }
}

async fn read_body(response: Response, limit: usize) -> Result<Bytes, TransportError> {
    require_ok(&response)?;
    let mut stream = BodyStream(response);
    let mut body = BytesMut::new();
    while let Some(chunk) = stream.next().await? {
        if body.len() + chunk.len() > limit {
            return Err(TransportError::TooLong { limit });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn require_ok(response: &Response) -> Result<(), TransportError> {
    match response.status() {
        reqwest::StatusCode::OK => Ok(()),
        status => Err(TransportError::Status(status.as_u16())),
    }
}

fn classify(error: reqwest::Error) -> TransportError {
    let error = error.without_url();
    if error.is_connect() {
        TransportError::Unreachable(error)
    } else if error.is_timeout() {
        TransportError::TimedOut(error)
    } else {
        TransportError::Broken(error)
    }
}

/// Keeps a path prefix of the host, which sandboxes and relays have.
fn endpoint(host: &Url, path: &str) -> Url {
    let mut url = host.clone();
    let whole = [host.path().trim_end_matches('/'), path].concat();
    url.set_path(&whole);
    url
}

fn require_https(url: &Url) -> Result<(), ClientError> {
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback(url) => Ok(()),
        _ => Err(ClientError::NotHttps { url: url.clone() }),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Mozilla's roots travel inside the program: a bare container has none, and WeChat's root changed
/// in 2025 under everybody who had pinned it.
fn tls_config(config: &TransportConfig) -> Result<rustls::ClientConfig, ClientError> {
    let mut roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    let extra = config.extra_roots_pem.as_deref().unwrap_or_default();
    for certificate in CertificateDer::pem_slice_iter(extra.as_bytes()) {
        let certificate = certificate.map_err(|_| ClientError::BadRoots)?;
        roots.add(certificate).map_err(|_| ClientError::BadRoots)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has TLS 1.2 and 1.3")
        .with_root_certificates(roots);
    let mut tls = match &config.client_certificate {
        None => builder.with_no_client_auth(),
        Some(client) => {
            let (chain, key) = client.open()?;
            builder
                .with_client_auth_cert(chain, key)
                .map_err(|_| CertificateError::UnusableKey)?
        }
    };
    tls.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(tls)
}
