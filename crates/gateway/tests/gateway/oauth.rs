//! OAuth: the address that buyers are sent to, and the exchange of what they bring back.

use secrecy::SecretString;
use url::Url;
use wechat_checkout_gateway::{OAuthClient, OAuthConfig, OAuthError, OAuthGrant};

use crate::observed::Log;
use crate::stub::Stub;

const SECRET: &str = "SecretOfTheTests0123456789abcdef";

fn client(token_url: Url) -> OAuthClient {
    let authorize =
        Url::parse("https://open.weixin.qq.com/connect/oauth2/authorize").expect("an address");
    let config = OAuthConfig::new(
        "wx2421b1c4370ec43b",
        SecretString::from(SECRET),
        authorize,
        token_url,
    );
    OAuthClient::new(config).expect("a client")
}

async fn exchange(answer: &'static str) -> Result<OAuthGrant, OAuthError> {
    let stub = Stub::start(move |_| std::future::ready(answer)).await;
    client(stub.url()).exchange("CODE1").await
}

#[tokio::test]
async fn the_address_has_wechats_order_and_fragment() {
    let stub = Stub::start(|_| std::future::ready("{}")).await;
    let url = client(stub.url()).authorize_url("https://shop.example/oauth/callback?a=1&b=2", "s7");
    assert_eq!(
        url.as_str(),
        "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx2421b1c4370ec43b\
         &redirect_uri=https%3A%2F%2Fshop.example%2Foauth%2Fcallback%3Fa%3D1%26b%3D2\
         &response_type=code&scope=snsapi_base&state=s7#wechat_redirect",
    );
}

#[tokio::test]
async fn a_code_is_exchanged_for_an_openid() {
    let stub = Stub::start(|_| {
        std::future::ready(
            r#"{"access_token":"t","expires_in":7200,"openid":"o1","scope":"snsapi_base"}"#,
        )
    })
    .await;
    let token_url = stub
        .url()
        .join("/sns/oauth2/access_token")
        .expect("an address");
    let grant = client(token_url).exchange("CODE1").await.expect("granted");
    assert_eq!(
        (grant.openid.as_str(), grant.is_snapshot_user),
        ("o1", false)
    );
    assert_eq!(stub.seen()[0].path, "/sns/oauth2/access_token");
    assert_eq!(
        stub.seen()[0].query,
        format!(
            "appid=wx2421b1c4370ec43b&secret={SECRET}&code=CODE1&grant_type=authorization_code"
        ),
    );
}

#[tokio::test]
async fn a_snapshot_page_is_recognised() {
    let grant = exchange(r#"{"openid":"o1","is_snapshotuser":1}"#)
        .await
        .expect("granted");
    assert!(grant.is_snapshot_user);
}

#[tokio::test]
async fn refusals_and_nonsense_are_told_apart() {
    for code in ["40029", "40163"] {
        let answer: &'static str =
            format!(r#"{{"errcode":{code},"errmsg":"invalid code"}}"#).leak();
        assert!(
            matches!(exchange(answer).await, Err(OAuthError::BadCode { .. })),
            "{code}"
        );
    }
    let refused = exchange(r#"{"errcode":40125,"errmsg":"invalid appsecret"}"#).await;
    assert!(matches!(refused, Err(OAuthError::Refused { code: 40_125 })));
    for (answer, is_json) in [
        ("{}", true),
        (r#"{"openid":""}"#, true),
        ("<html>", false),
        ("", false),
    ] {
        match exchange(answer).await {
            Err(OAuthError::NoOpenId) => assert!(is_json, "{answer}"),
            Err(OAuthError::Unreadable(_)) => assert!(!is_json, "{answer}"),
            other => panic!("{answer}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn no_error_shows_the_secret_or_the_code() {
    let address = {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0))
            .await
            .expect("a free port");
        listener.local_addr().expect("a bound port")
    };
    let client = client(Url::parse(&format!("http://{address}/token")).expect("an address"));
    let error = client.exchange("CODE1").await.expect_err("nobody listens");
    let printed = format!("{error:?} {error} {client:?}");
    assert!(
        !printed.contains(SECRET) && !printed.contains("CODE1"),
        "{printed}"
    );
}

#[tokio::test]
async fn a_refusal_is_logged_with_its_words_and_advice_and_without_secrets() {
    let log = Log::start();
    let told = r#"{"errcode":40125,"errmsg":"invalid appsecret, rid: 65a1"}"#;
    let error = exchange(told).await.expect_err("refused");
    assert!(
        error
            .advice()
            .is_some_and(|advice| advice.contains("AppSecret"))
    );
    let line = [
        "ERROR",
        "40125",
        "invalid appsecret, rid: 65a1",
        "AppSecret",
    ];
    assert_eq!(log.lines_with(&line).len(), 1);

    let echoing = r#"{"errcode":40029,"errmsg":"invalid code CODE1"}"#;
    let _ = exchange(echoing).await.expect_err("refused");
    assert_eq!(log.lines_with(&["INFO", "40029", "used up"]).len(), 1);
    for secret in ["CODE1", SECRET] {
        assert!(log.lines_with(&[secret]).is_empty(), "{secret}");
    }
}
