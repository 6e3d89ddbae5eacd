//! Connections: refused, silent, broken; the second host; what may be spoken to at all.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use url::Url;
use wechat_checkout_gateway::{
    CallError, Client, ClientConfig, ClientError, QueryBy, TransportError, UnknownCause,
};

use crate::merchant::{self, PAYMENT, signed};
use crate::stub::Stub;

fn at(address: SocketAddr) -> Url {
    Url::parse(&format!("http://{address}")).expect("an address")
}

/// An address where nobody listens.
async fn nobody() -> Url {
    let listener = TcpListener::bind(("127.0.0.1", 0))
        .await
        .expect("a free port");
    at(listener.local_addr().expect("a bound port"))
}

async fn query(mut config: ClientConfig) -> Result<(), TransportError> {
    config.attempts_max = 1;
    let client = Client::new(config, merchant::md5()).expect("a client");
    match client.orderquery(QueryBy::OutTradeNo("1409811653")).await {
        Ok(_) => Ok(()),
        Err(CallError::OutcomeUnknown(UnknownCause::Transport(error))) => Err(error),
        Err(other) => panic!("{other:?}"),
    }
}

async fn good_stub() -> Stub {
    let reply = [&PAYMENT[..], &[("trade_state", "SUCCESS")]].concat();
    Stub::answering(signed(&merchant::md5(), &reply)).await
}

#[tokio::test]
async fn the_second_host_is_asked_when_the_first_is_dead() {
    let stub = good_stub().await;
    let mut config = ClientConfig::new(nobody().await);
    config.second_base_url = Some(stub.url());
    query(config).await.expect("the second host answers");
    assert_eq!(stub.seen().len(), 1);
}

#[tokio::test]
async fn two_dead_hosts_are_unreachable() {
    let mut config = ClientConfig::new(nobody().await);
    config.second_base_url = Some(nobody().await);
    let error = query(config).await.expect_err("nobody listens");
    assert!(matches!(error, TransportError::Unreachable(_)), "{error:?}");
}

/// The request may have arrived: asking the other host is the caller's decision.
#[tokio::test]
async fn the_second_host_is_not_asked_when_the_first_hangs_up() {
    let listener = TcpListener::bind(("127.0.0.1", 0))
        .await
        .expect("a free port");
    let address = listener.local_addr().expect("a bound port");
    let hanging_up = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.expect("a connection");
        let mut request = [0; 64];
        let _ = socket.read(&mut request).await;
    });
    let stub = good_stub().await;
    let mut config = ClientConfig::new(at(address));
    config.second_base_url = Some(stub.url());
    let error = query(config).await.expect_err("the connection broke");
    assert!(matches!(error, TransportError::Broken(_)), "{error:?}");
    assert_eq!(stub.seen().len(), 0);
    hanging_up.await.expect("hung up");
}

#[tokio::test]
async fn a_silent_host_is_given_up_in_time() {
    let stub = Stub::start(|_| std::future::pending::<&'static str>()).await;
    let mut config = ClientConfig::new(stub.url());
    config.read_timeout = Duration::from_millis(100);
    let error = query(config).await.expect_err("no answer");
    assert!(matches!(error, TransportError::TimedOut(_)), "{error:?}");
}

#[tokio::test]
async fn a_path_prefix_is_kept() {
    let stub = good_stub().await;
    let prefixed = stub.url().join("/sandboxnew/").expect("an address");
    query(ClientConfig::new(prefixed)).await.expect("answered");
    assert_eq!(stub.seen()[0].path, "/sandboxnew/pay/orderquery");
}

#[test]
fn plain_http_is_for_this_machine_only() {
    for (url, is_accepted) in [
        ("https://api.mch.weixin.qq.com", true),
        ("http://127.0.0.1:8089", true),
        ("http://[::1]:8089", true),
        ("http://localhost:8089", true),
        ("http://api.mch.weixin.qq.com", false),
        ("http://localhost.evil.example", false),
        ("http://192.168.1.7:8089", false),
        ("ftp://127.0.0.1", false),
    ] {
        let url = Url::parse(url).expect("an address");
        let first = Client::new(ClientConfig::new(url.clone()), merchant::md5());
        assert_eq!(first.is_ok(), is_accepted, "{url}");
        let mut config = ClientConfig::production();
        config.second_base_url = Some(url.clone());
        assert_eq!(
            Client::new(config, merchant::md5()).is_ok(),
            is_accepted,
            "{url} as second"
        );
        if let Err(error) = first {
            assert!(matches!(error, ClientError::NotHttps { .. }));
            assert!(error.to_string().contains("https"), "{error}");
        }
    }
}
