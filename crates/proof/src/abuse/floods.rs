//! Floods of requests that are answered at once: long, forged, foreign, senseless.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::time::Instant;
use wechat_checkout_gateway::{ApiKey, Merchant, Params, SignType, xml};
use wechat_checkout_protocol::{OrderView, routes};
use wechat_checkout_simulator::demo;

use super::scene::Scene;
use super::tally::{Tallies, Tally};
use super::wire::{ask, get, post};

/// Hands on each kind of flood.
const HANDS: usize = 2;

/// All floods, until `ends_at`.
pub(super) async fn all(scene: &Scene, tallies: &Tallies, ends_at: Instant) {
    let numbers = Numbers::new(scene.seed());
    let flood = |tally, request: Request<'static>| {
        let hands = (0..HANDS).map(|_| pour(scene, &numbers, tally, request, ends_at));
        futures_util::future::join_all(hands)
    };
    tokio::join!(
        flood(&tallies.qr_codes, qr_code),
        flood(&tallies.long_paths, long_path),
        flood(&tallies.long_names, long_name),
        flood(&tallies.forgeries, forgery),
        flood(&tallies.foreign_orders, foreign_order),
        flood(&tallies.foreign_sockets, foreign_socket),
        sign_ins(scene, &numbers, &tallies.sign_ins, ends_at),
    );
}

/// What the n-th request of a flood is, and which status must never come.
type Request<'a> = fn(&Scene, u64) -> (Vec<u8>, fn(u16) -> bool);

/// Numbers that no two requests share.
#[derive(Debug)]
struct Numbers(AtomicU64);

impl Numbers {
    const fn new(seed: u64) -> Numbers {
        Numbers(AtomicU64::new(seed >> 16))
    }

    fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

async fn pour(
    scene: &Scene,
    numbers: &Numbers,
    tally: &Tally,
    request: Request<'_>,
    ends_at: Instant,
) {
    while Instant::now() < ends_at {
        let (bytes, is_granted) = request(scene, numbers.next());
        send(scene.address(), &bytes, tally, is_granted).await;
    }
}

async fn send(
    address: SocketAddr,
    bytes: &[u8],
    tally: &Tally,
    is_granted: fn(u16) -> bool,
) -> Option<String> {
    // A connection that was cut off is an answer, too.
    let answer = ask(address, bytes, tally).await.ok()?;
    tally.note(answer.status, is_granted);
    Some(answer.head)
}

const fn never(_: u16) -> bool {
    false
}

const fn success(status: u16) -> bool {
    matches!(status, 101 | 200..=299)
}

/// Each of another address: every other as long as a phone can read from a screen, the rest longer.
fn qr_code(_: &Scene, number: u64) -> (Vec<u8>, fn(u16) -> bool) {
    let length = if number.is_multiple_of(2) { 200 } else { 479 };
    let path = format!("/{}{number:020}", "q".repeat(length));
    (get(&[routes::QR, "?path=", &path].concat(), ""), never)
}

/// Nearly all that a head may have, and nothing behind it.
fn long_path(_: &Scene, number: u64) -> (Vec<u8>, fn(u16) -> bool) {
    let path = format!("/{}{number:020}", "p".repeat(12_000));
    (get(&path, ""), success)
}

/// Longer than a file's name may be.
fn long_name(_: &Scene, number: u64) -> (Vec<u8>, fn(u16) -> bool) {
    let name = format!("/{}{number:020}.js", "n".repeat(300));
    (get(&name, ""), success)
}

/// Orders that this buyer does not have.
fn foreign_order(scene: &Scene, number: u64) -> (Vec<u8>, fn(u16) -> bool) {
    let scattered = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let id = match number % 64 {
        0 => scene.victim().id.to_string(),
        _ => format!("0190{scattered:028x}"),
    };
    let cookie = format!("cookie: {}\r\n", scene.mallory());
    (get(&format!("{}/{id}", routes::ORDERS), &cookie), success)
}

/// A socket that a page of another origin opens with the buyer's own cookie.
fn foreign_socket(scene: &Scene, _: u64) -> (Vec<u8>, fn(u16) -> bool) {
    let headers = format!(
        "cookie: {}\r\norigin: https://evil.test\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
        scene.mallory()
    );
    let path = routes::watch(&scene.victim().id);
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close, upgrade\r\n{headers}\r\n"
    );
    (request.into_bytes(), success)
}

/// Payments that nobody made: a foreign key, none, an entity bomb, and a body without end.
fn forgery(scene: &Scene, number: u64) -> (Vec<u8>, fn(u16) -> bool) {
    let body = match number % 4 {
        0 => forged(
            scene.victim(),
            Some("an-api-key-of-32-characters-wrong"),
            number,
        ),
        1 => forged(scene.victim(), None, number),
        2 => {
            let bomb = "<!ENTITY a \"&b;&b;&b;&b;\"><!ENTITY b \"&c;&c;&c;&c;\">";
            format!("<!DOCTYPE xml [{bomb}]><xml><return_code>&a;</return_code></xml>")
        }
        _ => format!("<xml><a>{}</a></xml>", "x".repeat(80 * 1_024)),
    };
    // Its answer is FAIL in XML with whatever status; that nothing was delivered is looked at last.
    (post(routes::NOTIFY_PAYMENT, "text/xml", &body), never)
}

fn forged(victim: &OrderView, key: Option<&str>, number: u64) -> String {
    let amount = victim.amount_total.get().to_string();
    let mut params = Params::from_iter([
        ("appid", demo::APPID),
        ("bank_type", "CFT"),
        ("cash_fee", &amount),
        ("mch_id", demo::MCH_ID),
        ("nonce_str", &format!("{number:032}")),
        ("out_trade_no", victim.id.as_str()),
        ("result_code", "SUCCESS"),
        ("return_code", "SUCCESS"),
        ("time_end", "20261003131540"),
        ("total_fee", &amount),
        ("trade_type", "JSAPI"),
        ("transaction_id", &format!("4200{number:024}")),
    ]);
    let key = key.and_then(|key| ApiKey::parse(key.get(..32)?).ok());
    let merchant = key
        .and_then(|key| Merchant::new(demo::APPID, demo::MCH_ID, SignType::HmacSha256, key).ok());
    if let Some(merchant) = merchant {
        merchant.sign(&mut params);
    }
    xml::write(&params)
}

/// Sign-ins that are begun and never ended, and codes that WeChat never gave.
async fn sign_ins(scene: &Scene, numbers: &Numbers, tally: &Tally, ends_at: Instant) {
    while Instant::now() < ends_at {
        let start = get(
            &format!("{}?return_to=/%2f%2fevil.test", routes::OAUTH_START),
            "",
        );
        let begun = send(scene.address(), &start, tally, |status| status == 200).await;
        let cookie = begun.as_deref().and_then(|head| header(head, "set-cookie"));
        let location = begun.as_deref().and_then(|head| header(head, "location"));
        let state = location.and_then(|url| url.split("state=").nth(1)?.split(['&', '#']).next());
        let number = numbers.next();
        let path = format!(
            "{}?code=made-up-{number}&state={}",
            routes::OAUTH_CALLBACK,
            state.unwrap_or("unknown")
        );
        let cookie = cookie.and_then(|cookie| cookie.split(';').next());
        let cookie = cookie.map_or(String::new(), |cookie| format!("cookie: {cookie}\r\n"));
        let ended = send(scene.address(), &get(&path, &cookie), tally, never).await;
        let is_signed_in = ended
            .and_then(|head| header(&head, "set-cookie").map(str::to_owned))
            .is_some_and(|cookie| cookie.contains("session=") && !cookie.contains("session=;"));
        if is_signed_in {
            tally.note(200, success);
        }
    }
}

fn header<'a>(head: &'a str, wanted: &str) -> Option<&'a str> {
    head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case(wanted).then_some(value)
    })
}
