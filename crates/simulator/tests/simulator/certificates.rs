//! HTTPS, and the merchant certificate without which nothing is refunded.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use secrecy::SecretString;
use wechat_checkout_gateway::{
    ApiKey, CallError, Client, ClientCertificate, ClientConfig, Merchant, QueryBy, Refund, SignType,
};
use wechat_checkout_protocol::Fen;
use wechat_checkout_simulator::{Pace, Simulator, SimulatorConfig, TlsConfig, demo};

/// A certificate authority, and what it signs.
struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Authority {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let pem = params.self_signed(&key).expect("a certificate").pem();
        Authority {
            pem,
            issuer: Issuer::new(params, key),
        }
    }

    /// A certificate and its key, both in PEM.
    fn sign(&self, name: &str) -> (String, String) {
        let params = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        (certificate.pem(), key.serialize_pem())
    }
}

fn client(simulator: &Simulator, roots: &str, certificate: Option<ClientCertificate>) -> Client {
    let key = ApiKey::parse(demo::API_KEY).expect("the demo key");
    let merchant = Merchant::new(demo::APPID, demo::MCH_ID, SignType::Md5, key);
    let mut config = ClientConfig::new(simulator.gateway_url().clone());
    config.extra_roots_pem = Some(roots.to_owned());
    config.client_certificate = certificate;
    Client::new(config, merchant.expect("the demo merchant")).expect("a client")
}

#[tokio::test]
async fn over_https_a_refund_needs_the_merchant_certificate() {
    let (ours, merchants) = (Authority::new(), Authority::new());
    let (certificate_pem, key_pem) = ours.sign("127.0.0.1");
    let config = SimulatorConfig {
        pace: Pace::Held,
        tls: Some(TlsConfig {
            certificate_pem,
            key_pem,
            merchant_ca_pem: merchants.pem.clone(),
        }),
        ..SimulatorConfig::default()
    };
    let simulator = Simulator::start(config)
        .await
        .expect("the simulator starts");
    assert_eq!(simulator.gateway_url().scheme(), "https");

    let (certificate, key) = merchants.sign("merchant.example");
    let certificate = ClientCertificate::from_pem(certificate, SecretString::from(key));
    let with = client(&simulator, &ours.pem, Some(certificate));
    let answer = with.orderquery(QueryBy::OutTradeNo("nobody-knows")).await;
    assert!(
        matches!(answer, Err(CallError::Refused { .. })),
        "{answer:?}"
    );
    let amount = Fen::new(1990).expect("an amount");
    let refund = Refund::new(
        QueryBy::OutTradeNo("nobody-knows"),
        "refund-1",
        amount,
        amount,
    );
    let answer = with.refund(&refund).await;
    let Err(CallError::Refused { code, .. }) = answer else {
        panic!("{answer:?}")
    };
    assert_eq!(
        code.as_str(),
        "ORDERNOTEXIST",
        "the certificate was accepted"
    );

    let roots = reqwest::Certificate::from_pem(ours.pem.as_bytes()).expect("a root");
    let without = reqwest::Client::builder()
        .tls_certs_only([roots])
        .no_proxy()
        .build();
    let address = simulator
        .gateway_url()
        .join("/secapi/pay/refund")
        .expect("a path");
    let answer = without
        .expect("a client")
        .post(address)
        .send()
        .await
        .expect("an answer");
    assert_eq!(
        answer.status(),
        400,
        "as the web server in front of WeChat answers"
    );
}
