//! Signing in and out: cookies, ways back, and a WeChat that fails for a moment.

use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use url::Url;
use wechat_checkout_protocol::watch::close;
use wechat_checkout_protocol::{OpenId, routes};
use wechat_checkout_server::session::{Purpose, SESSION_MS};

use crate::push::{close_code, watch};
use crate::shop::{ADMIN_TOKEN, DEADLINE, Shop, read, refusal};
use crate::token_endpoint::{Answer, TokenEndpoint};

/// A browser that does not follow redirects by itself.
fn browser() -> Client {
    Client::builder()
        .redirect(Policy::none())
        .timeout(DEADLINE)
        .build()
        .unwrap()
}

fn location(answer: &Response) -> String {
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    answer.headers()["location"].to_str().unwrap().to_owned()
}

/// Name and value of the cookies that an answer sets.
fn cookies(answer: &Response) -> Vec<(String, String)> {
    let lines = answer.headers().get_all("set-cookie").iter();
    lines
        .map(|line| {
            let pair = line.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            (name.to_owned(), value.to_owned())
        })
        .collect()
}

/// A sign-in that has just been sent to WeChat.
struct UnderWay {
    cookie: String,
    state: String,
}

impl UnderWay {
    fn of(answer: &Response) -> UnderWay {
        let (name, value) = cookies(answer).remove(0);
        let at_wechat = Url::parse(&location(answer)).unwrap();
        let mut query = at_wechat.query_pairs();
        let state = query.find(|(name, _)| name == "state").unwrap().1.into();
        UnderWay {
            cookie: format!("{name}={value}"),
            state,
        }
    }

    async fn start(shop: &Shop, return_to: &str) -> UnderWay {
        let start = format!("{}/oauth/start", shop.server.url());
        let url = Url::parse_with_params(&start, [("return_to", return_to)]).unwrap();
        UnderWay::of(&browser().get(url).send().await.unwrap())
    }

    async fn come_back(&self, shop: &Shop, code: &str) -> Response {
        let callback = format!("{}/oauth/callback", shop.server.url());
        let query = [("code", code), ("state", &self.state)];
        browser()
            .get(Url::parse_with_params(&callback, query).unwrap())
            .header("cookie", &self.cookie)
            .send()
            .await
            .unwrap()
    }
}

#[tokio::test]
async fn a_moments_failure_of_wechat_costs_the_buyer_nothing() {
    for failure in [
        Answer::Text(200, r#"{"errcode":-1,"errmsg":"system error"}"#),
        Answer::Text(502, "<html>bad gateway</html>"),
        Answer::Text(200, "<html>"),
        Answer::HangUp,
    ] {
        let wechat = TokenEndpoint::start([failure, failure, Answer::GRANT]).await;
        let shop = Shop::open_with_token_endpoint(&wechat.url).await;
        let under_way = UnderWay::start(&shop, "/?order=abc").await;
        let answer = under_way.come_back(&shop, "code-1").await;
        let expected = format!("{}/?order=abc", shop.origin());
        assert_eq!(location(&answer), expected, "{failure:?}");
        assert_eq!(cookies(&answer)[0].0, "checkout_session");
        assert_eq!(wechat.asked(), 3);
    }
}

#[tokio::test]
async fn a_lasting_failure_brings_the_buyer_back_to_where_he_was_with_the_reason() {
    let busy = Answer::Text(200, r#"{"errcode":-1}"#);
    for (answers, reason, asked) in [
        (vec![busy; 9], "unavailable", 3),
        (
            vec![Answer::Text(200, r#"{"errcode":40125}"#)],
            "refused",
            1,
        ),
        (vec![Answer::SNAPSHOT], "snapshot", 1),
    ] {
        let wechat = TokenEndpoint::start(answers).await;
        let shop = Shop::open_with_token_endpoint(&wechat.url).await;
        let under_way = UnderWay::start(&shop, "/?order=abc#top").await;
        let answer = under_way.come_back(&shop, "code-1").await;
        let expected = format!("{}/?order=abc&sign_in={reason}#top", shop.origin());
        assert_eq!(location(&answer), expected);
        assert!(cookies(&answer).is_empty(), "nobody is signed in");
        assert_eq!(wechat.asked(), asked);
    }
}

#[tokio::test]
async fn a_spent_code_sends_the_browser_to_wechat_once_more_and_only_once() {
    let spent = Answer::Text(200, r#"{"errcode":40163,"errmsg":"code been used"}"#);
    let wechat = TokenEndpoint::start([spent; 9]).await;
    let shop = Shop::open_with_token_endpoint(&wechat.url).await;
    let first = UnderWay::start(&shop, "/?order=abc").await;
    let second = UnderWay::of(&first.come_back(&shop, "code-1").await);
    assert_ne!(first.state, second.state);
    let answer = second.come_back(&shop, "code-2").await;
    let expected = format!("{}/?order=abc&sign_in=expired", shop.origin());
    assert_eq!(location(&answer), expected);
}

#[tokio::test]
async fn a_sign_in_exchanges_few_codes() {
    let wechat = TokenEndpoint::start([Answer::Text(200, r#"{"errcode":40029}"#); 200]).await;
    let shop = Shop::open_with_token_endpoint(&wechat.url).await;
    let under_way = UnderWay::start(&shop, "/").await;
    for number in 0..20 {
        let _ = under_way.come_back(&shop, &format!("guess-{number}")).await;
    }
    assert_eq!(wechat.asked(), 4);
}

#[tokio::test]
async fn a_state_of_another_sign_in_or_none_signs_nobody_in() {
    let wechat = TokenEndpoint::start([Answer::GRANT]).await;
    let shop = Shop::open_with_token_endpoint(&wechat.url).await;
    let own = UnderWay::start(&shop, "/?order=abc").await;
    let foreign = UnderWay::start(&shop, "/").await;
    let mixed = UnderWay {
        state: foreign.state,
        cookie: own.cookie,
    };
    let answer = mixed.come_back(&shop, "code-1").await;
    let expected = format!("{}/?order=abc&sign_in=expired", shop.origin());
    assert_eq!(location(&answer), expected);
    let bare = UnderWay {
        cookie: "a=b".to_owned(),
        state: "state".to_owned(),
    };
    let answer = bare.come_back(&shop, "code-1").await;
    assert_eq!(
        location(&answer),
        format!("{}/?sign_in=expired", shop.origin())
    );
    assert_eq!(wechat.asked(), 0);
}

#[tokio::test]
async fn an_earlier_reason_is_not_carried_on() {
    let wechat = TokenEndpoint::start([Answer::GRANT]).await;
    let shop = Shop::open_with_token_endpoint(&wechat.url).await;
    let under_way = UnderWay::start(&shop, "/?sign_in=refused&order=abc").await;
    let answer = under_way.come_back(&shop, "code-1").await;
    assert_eq!(location(&answer), format!("{}/?order=abc", shop.origin()));
}

#[tokio::test]
async fn a_buyer_signs_out_on_this_device() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("alice").await;
    let url = format!("{}{}", shop.server.url(), routes::SIGN_OUT);
    let foreign = buyer
        .http
        .post(&url)
        .header("origin", "https://evil.example");
    let _ = refusal(foreign.send().await.unwrap(), 403).await;
    let session: Value = read(buyer.get(routes::SESSION).await).await;
    assert_eq!(session["is_signed_in"], true, "still");
    let ended = buyer.post(routes::SIGN_OUT, &json!({})).await;
    assert_eq!(ended.status(), StatusCode::NO_CONTENT);
    let session: Value = read(buyer.get(routes::SESSION).await).await;
    assert_eq!(session["is_signed_in"], false);
}

/// A session of a buyer, as the server seals it.
fn session_of(shop: &Shop, buyer: &str) -> String {
    let app = shop.server.app();
    let ends_at = app.clock.now().plus_ms(SESSION_MS);
    let openid = OpenId::parse(buyer).unwrap();
    app.session_key.seal(Purpose::Session, openid, ends_at)
}

#[tokio::test]
async fn two_session_cookies_are_refused_and_can_be_cleared() {
    let shop = Shop::open().await;
    let (own, planted) = (session_of(&shop, "alice"), session_of(&shop, "mallory"));
    let url = format!("{}{}", shop.server.url(), routes::ORDERS);
    let call = |cookie: String| browser().get(&url).header("cookie", cookie);
    let both = call(format!(
        "checkout_session={own}; checkout_session={planted}"
    ));
    let problem = refusal(both.send().await.unwrap(), 400).await;
    assert!(problem.detail.unwrap().contains("two cookies"));
    let in_two_lines = call(format!("checkout_session={own}"))
        .header("cookie", format!("checkout_session={planted}"));
    let _ = refusal(in_two_lines.send().await.unwrap(), 400).await;
    let sign_out = format!("{}{}", shop.server.url(), routes::SIGN_OUT);
    let cleared = browser()
        .post(sign_out)
        .header("cookie", "checkout_session=a; checkout_session=b");
    let answer = cleared.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    let alone = call(format!("checkout_session={own}; other=1"));
    assert_eq!(alone.send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn behind_tls_the_cookies_are_of_this_very_host() {
    let shop = Shop::open_behind_tls().await;
    let url = format!("{}/oauth/start", shop.server.url());
    let answer = browser().get(url).send().await.unwrap();
    let line = answer.headers()["set-cookie"].to_str().unwrap();
    assert!(line.starts_with("__Host-checkout_sign_in="), "{line}");
    for attribute in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
        assert!(line.contains(attribute), "{line}");
    }
    assert!(!line.contains("Domain"), "{line}");
    let transport = &answer.headers()["strict-transport-security"];
    assert_eq!(transport, "max-age=31536000");

    let session = session_of(&shop, "alice");
    let url = format!("{}{}", shop.server.url(), routes::ORDERS);
    for (name, status) in [
        ("__Host-checkout_session", 200),
        // A neighbouring subdomain could have planted it.
        ("checkout_session", 401),
    ] {
        let cookie = format!("{name}={session}");
        let answer = browser().get(&url).header("cookie", cookie).send().await;
        assert_eq!(answer.unwrap().status(), status, "{name}");
    }
    let cookie = format!("checkout_session=planted; __Host-checkout_session={session}");
    let answer = browser().get(&url).header("cookie", cookie).send().await;
    assert_eq!(answer.unwrap().status(), 200);
}

#[tokio::test]
async fn an_operator_ends_a_buyers_sessions_everywhere_and_nobody_elses() {
    let shop = Shop::open().await;
    let (alice, bob) = (shop.buyer("alice").await, shop.buyer("bob").await);
    let order = alice.order("vip-month", "key-of-the-first-wish").await;
    let stored = shop.server.app().store.order(&order.id).await.unwrap();
    let openid = stored.unwrap().order.openid;
    let path = "/admin/buyers/sign-out";
    let body = json!({ "openid": openid.as_str() });
    let _ = refusal(bob.post(path, &body).await, 401).await;
    assert_eq!(alice.get(routes::ORDERS).await.status(), StatusCode::OK);

    let url = format!("{}{path}", shop.server.url());
    let as_operator = || bob.http.post(&url).bearer_auth(ADMIN_TOKEN);
    let nobody = as_operator().json(&json!({ "openid": "" })).send().await;
    let _ = refusal(nobody.unwrap(), 400).await;
    let ended = as_operator().json(&body).send().await;
    assert_eq!(ended.unwrap().status(), StatusCode::NO_CONTENT);
    let _ = refusal(alice.get(routes::ORDERS).await, 401).await;
    let token = order.watch_token.unwrap();
    let mut socket = watch(&shop, order.id.as_str(), &token).await;
    assert_eq!(close_code(&mut socket).await, close::SIGN_IN_REQUIRED);
    assert_eq!(bob.get(routes::ORDERS).await.status(), StatusCode::OK);

    shop.clock.advance_ms(1);
    let anew = shop.buyer("alice").await;
    assert_eq!(anew.get(routes::ORDERS).await.status(), StatusCode::OK);
}
