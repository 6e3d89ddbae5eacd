//! HTTPS, and the merchant certificate without which nothing is refunded.

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use secrecy::SecretString;
use wechat_checkout_gateway::{
    ApiKey, CallError, Client, ClientCertificate, ClientConfig, Merchant, Params, QueryBy, Refund,
    SignType, xml,
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
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("parameters");
        params.distinguished_name.push(DnType::CommonName, name);
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

    let (certificate, key) = merchants.sign(demo::MCH_ID);
    let certificate = ClientCertificate::from_pem(certificate, SecretString::from(key));
    let own = client(&simulator, &ours.pem, Some(certificate));
    let answer = own.refund(&refund).await;
    let is_own =
        matches!(&answer, Err(CallError::Refused { code, .. }) if code.as_str() == "ORDERNOTEXIST");
    assert!(is_own, "{answer:?}");

    let answer = refund_with(&simulator, &ours.pem, merchants.sign("1900009191")).await;
    assert_eq!(
        (answer.get("result_code"), answer.get("err_code")),
        (Some("FAIL"), Some("CERT_ERROR")),
        "another merchant's certificate"
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

/// A refund call with a certificate that our own client would not even load.
async fn refund_with(
    simulator: &Simulator,
    roots: &str,
    (certificate, key): (String, String),
) -> Params {
    let roots = reqwest::Certificate::from_pem(roots.as_bytes()).expect("a root");
    let identity = reqwest::Identity::from_pem([certificate, key].concat().as_bytes());
    let http = reqwest::Client::builder()
        .tls_certs_only([roots])
        .identity(identity.expect("an identity"))
        .no_proxy()
        .build();
    let mut call = Params::from_iter([
        ("appid", demo::APPID),
        ("mch_id", demo::MCH_ID),
        ("out_trade_no", "nobody-knows"),
        ("out_refund_no", "refund-1"),
        ("total_fee", "1990"),
        ("refund_fee", "1990"),
    ]);
    let key = ApiKey::parse(demo::API_KEY).expect("the demo key");
    let merchant = Merchant::new(demo::APPID, demo::MCH_ID, SignType::Md5, key);
    merchant.expect("the demo merchant").sign(&mut call);
    let address = simulator.gateway_url().join("/secapi/pay/refund");
    let answer = http.expect("a client").post(address.expect("a path"));
    let answer = answer.body(xml::write(&call)).send().await;
    let body = answer.expect("an answer").bytes().await.expect("a body");
    xml::read(&body).expect("XML")
}
