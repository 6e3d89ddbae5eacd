//! What may be said of the buyer's money, wherever something goes wrong: a table of places, and tables
//! of words.

use wechat_checkout::checkout::{Checkout, Event, FailReason, Money, Start, Timer, TroubleKind};
use wechat_checkout::text::{Explanation, Language};
use wechat_checkout_protocol::{Attention, BridgeOutcome, OrderStatus, QueriedState};

use crate::fixtures::{
    Bench, EXPIRES_AFTER_MS, arrived, buy, found, order, order_id, said, said_by, trouble,
};

/// Where a buyer can stand, and what is known of the money there.
fn places() -> Vec<(&'static str, Checkout, Money)> {
    use Money::{MayHaveMoved, NotOrdered, Untouched};
    let placing = || Bench::new().after(Event::Started(buy()));
    let fetching = || Bench::new().after(Event::Started(Start::Order(order_id())));
    let defect = || trouble(TroubleKind::Defect);
    let refused = |reason| Bench::sheet_open().after(said(BridgeOutcome::Fail, Some(reason)));
    let cancelled = || Bench::sheet_open().after(said(BridgeOutcome::Cancel, None));
    let awaiting = || order(OrderStatus::AwaitingConfirmation, 2);
    let mut reviewed = order(OrderStatus::AwaitingConfirmation, 2);
    reviewed.attention = Some(Attention::UnderReview);
    let expired = Bench::payable().later(EXPIRES_AFTER_MS);
    [
        ("nothing asked for", Bench::new(), NotOrdered),
        ("placing", placing(), NotOrdered),
        (
            "not placed",
            placing().after(Event::PlacingFailed(defect())),
            NotOrdered,
        ),
        ("fetching", fetching(), MayHaveMoved),
        (
            "not fetched",
            fetching().after(Event::LoadingFailed(defect())),
            MayHaveMoved,
        ),
        ("payable", Bench::payable(), Untouched),
        (
            "payable, found reported",
            fetching().after(arrived(awaiting())),
            MayHaveMoved,
        ),
        ("no bridge", refused(FailReason::BridgeMissing), Untouched),
        (
            "refused before the sheet",
            refused(FailReason::UrlNotRegistered),
            Untouched,
        ),
        (
            "refused before the sheet, and reported",
            refused(FailReason::UrlNotRegistered).after(arrived(awaiting())),
            MayHaveMoved,
        ),
        ("cancelled", cancelled(), MayHaveMoved),
        (
            "cancelled, then refused before the sheet",
            cancelled().after(Event::PayTapped).after(said_by(
                2,
                BridgeOutcome::Fail,
                Some(FailReason::TooFrequent),
            )),
            MayHaveMoved,
        ),
        ("sheet open", Bench::sheet_open(), MayHaveMoved),
        ("confirming", Bench::confirming(), MayHaveMoved),
        (
            "confirming a failure",
            refused(FailReason::Unexplained),
            MayHaveMoved,
        ),
        (
            "called paid by WeChat",
            refused(FailReason::AlreadyPaid),
            MayHaveMoved,
        ),
        (
            "no word yet",
            Bench::not_yet(BridgeOutcome::Ok),
            MayHaveMoved,
        ),
        (
            "no payment found",
            refused(FailReason::Unexplained).after(arrived(found(
                awaiting(),
                QueriedState::NotPaid,
                1,
            ))),
            MayHaveMoved,
        ),
        (
            "under review",
            fetching().after(arrived(reviewed)),
            MayHaveMoved,
        ),
        (
            "time is up",
            expired.after(Event::TimerFired(Timer::Expiry)),
            MayHaveMoved,
        ),
    ]
    .into_iter()
    .map(|(name, bench, money)| (name, bench.state, money))
    .chain(endings())
    .collect()
}

/// The server has said its last word.
fn endings() -> Vec<(&'static str, Checkout, Money)> {
    [
        OrderStatus::Confirmed,
        OrderStatus::Closed,
        OrderStatus::Refunding,
        OrderStatus::Refunded,
    ]
    .map(|status| {
        let bench = Bench::confirming().after(arrived(order(status, 3)));
        (status.as_str(), bench.state, Money::Told)
    })
    .to_vec()
}

/// How one language denies a charge, says that one was made, says that there is an order, and warns.
struct Words {
    language: Language,
    denials: &'static [&'static str],
    claims: &'static [&'static str],
    /// Parts of claims that only suppose.
    suppositions: &'static [&'static str],
    orders: &'static [&'static str],
    warning: &'static str,
}

const WORDS: [Words; 3] = [
    Words {
        language: Language::ZhCn,
        denials: &[
            "被扣款",
            "未扣款",
            "没有扣",
            "没有付款",
            "没有支付",
            "尚未支付",
            "未被扣",
        ],
        claims: &["已付款", "已支付", "支付成功", "已扣款", "收到付款"],
        suppositions: &["如已付款", "如果还没有付款", "我没有付款"],
        orders: &["您的订单", "订单已为您", "订单不受影响"],
        warning: "请勿重复支付",
    },
    Words {
        language: Language::ZhTw,
        denials: &[
            "被扣款",
            "未扣款",
            "沒有扣",
            "沒有付款",
            "沒有支付",
            "尚未付款",
            "未被扣",
        ],
        claims: &["已付款", "已支付", "付款成功", "已扣款", "收到付款"],
        suppositions: &["如已付款", "如果還沒有付款", "我沒有付款"],
        orders: &["您的訂單", "訂單已為您", "訂單不受影響"],
        warning: "請勿重複付款",
    },
    Words {
        language: Language::En,
        denials: &["not charged", "not paid", "no money"],
        claims: &[
            "you have paid",
            "was paid",
            "is paid",
            "Payment successful",
            "payment arrived",
        ],
        suppositions: &[
            "If you have paid",
            "once you have paid",
            "If you have not paid",
            "I have not paid",
        ],
        orders: &["Your order is"],
        warning: "please do not pay again",
    },
];

impl Words {
    /// The first of these words in a sentence, unless it only supposes.
    fn first(&self, words: &[&'static str], sentence: &str) -> Option<&'static str> {
        let mut sentence = sentence.to_owned();
        for supposition in self.suppositions {
            sentence = sentence.replace(supposition, "");
        }
        words.iter().copied().find(|word| sentence.contains(word))
    }
}

#[test]
fn the_money_is_known_as_far_as_it_is_known() {
    for (name, state, money) in places() {
        assert_eq!(state.money(), money, "{name}: {state:?}");
    }
}

/// Every place × every trouble × every language: what the buyer reads then.
#[test]
fn no_trouble_denies_or_claims_more_than_is_known() {
    for (name, state, _) in places() {
        for kind in TroubleKind::ALL {
            for words in &WORDS {
                let texts = words.language.texts();
                let money = state.money();
                let told = Explanation::of_trouble(&trouble(kind), money, texts);
                let read = format!("{}. {}", told.title, told.sentence);
                let place = format!("{name}, {kind:?}: {read}");
                assert_eq!(words.first(words.denials, &read), None, "{place}");
                assert_eq!(words.first(words.claims, &read), None, "{place}");
                let has_order = words.first(words.orders, &read).is_some();
                assert!(!has_order || money != Money::NotOrdered, "{place}");
                let warns = read.contains(words.warning);
                assert_eq!(warns, money == Money::MayHaveMoved, "{place}");
            }
        }
    }
}

/// Sentences beside the troubles that speak of a charge, and why they may.
const MAY_DENY: [(&str, &str); 1] = [(
    "closed_text",
    "said of an order that is closed at WeChat, and of no other",
)];
const MAY_CLAIM: [(&str, &str); 4] = [
    ("paid_title", "said of a confirmed order"),
    (
        "paid_at",
        "a label, shown with the time of the confirmation",
    ),
    ("late_title", "said of a late payment that the server found"),
    ("AlreadyPaid", "WeChat's word, and named so"),
];

#[test]
fn no_other_sentence_denies_or_claims_more_than_is_known() {
    for words in &WORDS {
        let texts = words.language.texts();
        let plain = texts.entries().into_iter();
        let reasons = FailReason::ALL.map(|reason| (texts.reason)(reason));
        let names = FailReason::ALL.map(|reason| format!("{reason:?}"));
        let all = plain
            .map(|(name, sentence)| (name.to_owned(), sentence))
            .chain(names.into_iter().zip(reasons));
        for (name, sentence) in all {
            let is_listed = |list: &[(&str, &str)]| list.iter().any(|(listed, _)| *listed == name);
            let denial = words.first(words.denials, sentence);
            assert!(
                denial.is_none() || is_listed(&MAY_DENY),
                "{name}: {sentence}"
            );
            let claim = words.first(words.claims, sentence);
            assert!(
                claim.is_none() || is_listed(&MAY_CLAIM),
                "{name}: {sentence}"
            );
        }
    }
}

/// The denial of a charge, which a closed order needs, is one that these tables would notice.
#[test]
fn of_a_closed_order_a_charge_is_denied() {
    for words in &WORDS {
        let closed = words.language.texts().closed_text;
        assert!(words.first(words.denials, closed).is_some(), "{closed}");
    }
}
