//! An error in three voices: for the buyer, for the developer, for support.

use wechat_checkout_protocol::OrderId;

use super::{Texts, two_sentences};
use crate::checkout::{FailReason, Money, Trouble, TroubleKind};

/// What went wrong, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// For the buyer: what it is.
    pub title: &'static str,
    /// For the buyer: what to do, and what is known of order and money; in his language.
    pub sentence: String,
    /// For developers: the cause and the remedy, in English. Never shown to buyers.
    pub developer: &'static str,
    /// Finds the case in the server's log or journal; `None` when no server answered.
    pub support_code: Option<String>,
}

impl Explanation {
    /// Explains why a checkout stopped.
    #[must_use]
    pub fn of_trouble(trouble: &Trouble, money: Money, texts: &Texts) -> Explanation {
        let (title, sentence) = (texts.trouble)(trouble.kind);
        let developer = developer_text(trouble.kind);
        Explanation {
            title,
            sentence: two_sentences(sentence, texts.money(money)),
            developer,
            support_code: trouble.request_id.clone(),
        }
    }

    /// Explains why the sheet did not open. The order's number is its support code.
    #[must_use]
    pub fn of_reason(reason: FailReason, order_id: &OrderId, texts: &Texts) -> Explanation {
        Explanation {
            title: texts.failed_title,
            sentence: (texts.reason)(reason).to_owned(),
            developer: reason.developer_text(),
            support_code: Some(order_id.as_str().to_owned()),
        }
    }
}

fn developer_text(kind: TroubleKind) -> &'static str {
    match kind {
        TroubleKind::Offline => "no answer: the network is down or the server is too slow",
        TroubleKind::Unavailable => "the server, or WeChat behind it, asked to try again later",
        TroubleKind::SignIn => {
            "no session: is this origin in the server's public_origins, and are cookies kept?"
        }
        TroubleKind::SoldOut => "the catalogue has no stock left of this product",
        TroubleKind::TooManyOpenOrders => "the buyer holds too many unpaid orders",
        TroubleKind::NotFound => "no such order of this buyer; another buyer's looks the same",
        TroubleKind::NoProduct => "the catalogue has no product with this id",
        TroubleKind::NotPayable => "the order is closed, paid or under review",
        TroubleKind::Conflict => "the stored idempotency key belongs to other content",
        TroubleKind::WechatRefused => {
            "WeChat refused the order; its code is in the server's log under the support code"
        }
        TroubleKind::Defect => {
            "an answer that the page does not understand, or a defect of the server: see its log \
             under the support code"
        }
    }
}
