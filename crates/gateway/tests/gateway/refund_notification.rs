//! Refund notifications: the published one, our own, and damaged ones.

use serde::Deserialize;
use wechat_checkout_gateway::notification::{RefundNotificationError, read_refund, write_refund};
use wechat_checkout_gateway::{Merchant, Params, RefundStatus, SignType, xml};
use wechat_checkout_protocol::Fen;

use crate::merchant;

#[derive(Deserialize)]
struct Published {
    key: String,
    req_info: String,
}

fn published() -> (Merchant, String) {
    let data = include_str!("data/refund-notification.json");
    let Published { key, req_info } = serde_json::from_str(data).expect("readable data");
    (
        merchant::of(merchant::APPID, merchant::MCH_ID, SignType::Md5, &key),
        req_info,
    )
}

fn outer(req_info: &str) -> Params {
    Params::from_iter([
        ("return_code", "SUCCESS"),
        ("appid", merchant::APPID),
        ("mch_id", merchant::MCH_ID),
        ("nonce_str", "TeqClE3i0mvn3DrK"),
        ("req_info", req_info),
    ])
}

fn read(merchant: &Merchant, outer: &Params) -> Result<RefundStatus, RefundNotificationError> {
    read_refund(merchant, xml::write(outer).as_bytes()).map(|refund| refund.refund_status)
}

#[test]
fn the_published_notification_is_decrypted() {
    let (merchant, req_info) = published();
    let message = xml::write(&outer(&req_info));
    let refund = read_refund(&merchant, message.as_bytes()).expect("decrypts");
    assert_eq!(refund.out_refund_no, "50fd012ed1b311e7af7800163e32c503");
    assert_eq!(refund.out_trade_no, "4893e76d8c8b434cb64e9cd536338e33");
    assert_eq!(refund.refund_id, "50000404922017112502468056157");
    assert_eq!(refund.transaction_id, "4200000015201711256947025404");
    assert_eq!(refund.refund_fee, Fen::new(6).expect("an amount"));
    assert_eq!(refund.refund_status, RefundStatus::Success);
    assert_eq!(refund.success_time.as_deref(), Some("2017-11-25 15:36:17"));
    assert!(refund.params.get("refund_recv_accout").is_some());
}

#[test]
fn what_is_written_is_read() {
    let merchant = merchant::hmac();
    for padding in 0..20 {
        let written = Params::from_iter([
            ("out_refund_no", "r1"),
            ("refund_id", "50000404922017112502468056157"),
            ("out_trade_no", "1409811653"),
            ("transaction_id", "1004400740201409030005092168"),
            ("refund_status", "CHANGE"),
            ("refund_fee", "990"),
            ("refund_recv_accout", &"招".repeat(padding)),
        ]);
        let refund = read_refund(&merchant, write_refund(&merchant, &written).as_bytes());
        let refund = refund.expect("our own notification");
        assert_eq!(refund.params, written);
        assert_eq!(refund.refund_status, RefundStatus::Abnormal);
    }
}

#[test]
fn damaged_and_foreign_notifications_are_refused() {
    use RefundNotificationError::{CommunicationFailed, NotAddressed, Undecryptable};
    let (merchant, req_info) = published();
    let with = |name: &str, value: &str| {
        let mut params = outer(&req_info);
        params.set(name, value);
        read(&merchant, &params).err()
    };
    assert_eq!(with("return_code", "FAIL"), Some(CommunicationFailed));
    assert_eq!(with("appid", "wx0000000000000000"), Some(NotAddressed));
    assert_eq!(with("mch_id", ""), Some(NotAddressed));
    for bad in [
        "",
        "====",
        "not base64!",
        "AAAA",
        &req_info[..req_info.len() - 4],
        &req_info[..44],
    ] {
        assert_eq!(with("req_info", bad), Some(Undecryptable), "{bad:?}");
    }
    let mut missing = outer(&req_info);
    missing.remove("req_info");
    assert_eq!(read(&merchant, &missing).err(), Some(Undecryptable));

    let stranger = read(&merchant::md5(), &outer(&req_info));
    assert_eq!(stranger.err(), Some(Undecryptable), "another key");
}

/// A document type inside the encrypted part must be refused as outside.
#[test]
fn the_inner_message_is_read_as_strictly_as_the_outer() {
    let merchant = merchant::md5();
    let mut refund = Params::new();
    refund.set("out_refund_no", "r1");
    let incomplete = read_refund(&merchant, write_refund(&merchant, &refund).as_bytes());
    assert!(matches!(
        incomplete,
        Err(RefundNotificationError::Incomplete(_))
    ));
    // A name that the writer does not check smuggles markup into the inner message.
    let mut smuggled = Params::new();
    smuggled.set("a><!DOCTYPE x><b", "1");
    let refused = read_refund(&merchant, write_refund(&merchant, &smuggled).as_bytes());
    assert!(matches!(
        refused,
        Err(RefundNotificationError::InnerUnreadable(_))
    ));
}
