//! The merchant certificate, shown to a TLS server that demands it.

use std::future::ready;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::serve::Listener;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use secrecy::SecretString;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use url::Url;
use wechat_checkout_gateway::{
    CallError, Client, ClientCertificate, ClientConfig, QueryBy, Refund, xml,
};
use wechat_checkout_protocol::Fen;

use crate::certificate;
use crate::merchant::{self, signed};

/// A certificate authority, and what it has signed.
struct Authority {
    pem: String,
    der: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

struct Signed {
    certificate_pem: String,
    certificate: CertificateDer<'static>,
    key: KeyPair,
}

impl Authority {
    fn new() -> Authority {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate");
        Authority {
            pem: certificate.pem(),
            der: certificate.der().clone(),
            issuer: Issuer::new(params, key),
        }
    }

    fn sign(&self, name: &str) -> Signed {
        let key = KeyPair::generate().expect("a key");
        let params = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        Signed {
            certificate_pem: certificate.pem(),
            certificate: certificate.der().clone(),
            key,
        }
    }
}

struct TlsListener {
    tcp: TcpListener,
    acceptor: TlsAcceptor,
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (stream, address) = Listener::accept(&mut self.tcp).await;
            // A client that does not show its certificate ends here.
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.tcp.local_addr()
    }
}

/// Serves a refund acceptance to whoever shows a certificate of `clients`.
async fn serve(servers: &Authority, clients: &CertificateDer<'static>) -> Url {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(clients.clone()).expect("a root");
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
    let own = servers.sign("localhost");
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_client_cert_verifier(verifier.build().expect("a verifier"))
        .with_single_cert(
            vec![own.certificate],
            PrivatePkcs8KeyDer::from(own.key.serialize_der()).into(),
        )
        .expect("a server");
    let tcp = TcpListener::bind(("127.0.0.1", 0))
        .await
        .expect("a free port");
    let port = tcp.local_addr().expect("a bound port").port();
    let accepted = [
        ("out_refund_no", "r1"),
        ("refund_id", "5000"),
        ("refund_fee", "990"),
    ];
    let message = xml::write(&signed(&merchant::md5(), &accepted));
    let router = Router::new().fallback(move || ready(message.clone()));
    let listener = TlsListener {
        tcp,
        acceptor: TlsAcceptor::from(Arc::new(config)),
    };
    tokio::spawn(async move { axum::serve(listener, router).await });
    Url::parse(&format!("https://localhost:{port}")).expect("an address")
}

fn shown(signed: &Signed) -> ClientCertificate {
    let key = SecretString::from(signed.key.serialize_pem());
    ClientCertificate::from_pem(signed.certificate_pem.clone(), key)
}

async fn refund(config: ClientConfig) -> Result<String, CallError> {
    let client = Client::new(config, merchant::md5()).expect("a client");
    let fee = Fen::new(990).expect("an amount");
    let refund = Refund::new(QueryBy::OutTradeNo("1409811653"), "r1", fee, fee);
    Ok(client.refund(&refund).await?.refund_id.clone())
}

#[tokio::test]
async fn only_the_merchants_certificate_opens_the_door() {
    let (servers, clients) = (Authority::new(), Authority::new());
    let mut config = ClientConfig::new(serve(&servers, &clients.der).await);
    config.extra_roots_pem = Some(servers.pem.clone());

    config.client_certificate = Some(shown(&clients.sign("1900000001")));
    assert_eq!(refund(config.clone()).await.expect("accepted"), "5000");

    config.client_certificate = Some(shown(&servers.sign("1900000001")));
    let error = refund(config.clone())
        .await
        .expect_err("signed by somebody else");
    assert!(matches!(error, CallError::OutcomeUnknown(_)), "{error:?}");
}

#[tokio::test]
async fn a_server_that_nobody_vouches_for_gets_no_request() {
    let (servers, clients) = (Authority::new(), Authority::new());
    let mut config = ClientConfig::new(serve(&servers, &clients.der).await);
    config.client_certificate = Some(shown(&clients.sign("1900000001")));
    let error = refund(config).await.expect_err("an unknown authority");
    assert!(matches!(error, CallError::OutcomeUnknown(_)), "{error:?}");
}

/// What `openssl` wrote opens the door, locked in either way.
#[tokio::test]
async fn the_archive_of_wechats_tool_opens_the_door() {
    let servers = Authority::new();
    let clients = CertificateDer::from_pem_slice(include_bytes!("data/certificate/authority.pem"));
    let mut config = ClientConfig::new(serve(&servers, &clients.expect("a root")).await);
    config.extra_roots_pem = Some(servers.pem.clone());
    for archive in [
        certificate::LEGACY,
        certificate::TRIPLE_DES,
        certificate::MODERN,
    ] {
        let certificate =
            ClientCertificate::from_pkcs12(archive.to_vec(), SecretString::from(merchant::MCH_ID));
        config.client_certificate = Some(certificate);
        assert_eq!(refund(config.clone()).await.expect("accepted"), "5000");
    }
}
