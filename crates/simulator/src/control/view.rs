//! How trades and notifications are shown to people and tests.

use serde::Serialize;
use wechat_checkout_protocol::{Fen, UnixMillis};

use crate::courier::outbox::{Attempt, Notification, NotificationKind, NotificationStatus};
use crate::ledger::refund::Refund;
use crate::ledger::trade::{Trade, TradeKey};
use crate::platform::Platform;

/// A trade as the platform knows it.
#[derive(Clone, Debug, Serialize)]
pub struct TradeView {
    /// The merchant.
    pub mch_id: String,
    /// The official account.
    pub appid: String,
    /// The merchant's number.
    pub out_trade_no: String,
    /// `JSAPI`, `NATIVE`, `APP` or `MWEB`.
    pub trade_type: &'static str,
    /// `NOTPAY`, `SUCCESS`, `REFUND` or `CLOSED`.
    pub trade_state: &'static str,
    /// What is sold.
    pub body: String,
    /// To pay.
    pub total_fee: Fen,
    /// The account that has to pay, for JSAPI.
    pub openid: Option<String>,
    /// The session in which the buyer pays.
    pub prepay_id: String,
    /// Where notifications go.
    pub notify_url: String,
    /// When it was placed.
    pub placed_at: UnixMillis,
    /// WeChat's number, once paid.
    pub transaction_id: Option<String>,
    /// What was paid, once paid.
    pub paid_fee: Option<Fen>,
    /// When it was paid.
    pub paid_at: Option<UnixMillis>,
    /// In the order of the requests.
    pub refunds: Vec<RefundView>,
}

/// A refund of a trade.
#[derive(Clone, Debug, Serialize)]
pub struct RefundView {
    /// The merchant's number.
    pub out_refund_no: String,
    /// WeChat's number.
    pub refund_id: String,
    /// To be paid back.
    pub refund_fee: Fen,
    /// `PROCESSING`, `SUCCESS` or `CHANGE`.
    pub refund_status: &'static str,
    /// When it was asked for.
    pub requested_at: UnixMillis,
}

/// A notification with every attempt to deliver it.
#[derive(Clone, Debug, Serialize)]
pub struct NotificationView {
    /// Counts from 1.
    pub id: u64,
    /// Which message it is.
    pub kind: NotificationKind,
    /// About which trade.
    pub out_trade_no: String,
    /// Where it goes.
    pub url: String,
    /// Whether more attempts follow.
    pub status: NotificationStatus,
    /// When the next attempt is due.
    pub next_due: Option<UnixMillis>,
    /// In the order of sending.
    pub attempts: Vec<Attempt>,
}

pub(crate) fn trades(platform: &Platform) -> Vec<TradeView> {
    let now = platform.clock.now();
    platform.read(|book| {
        book.ledger
            .trades()
            .map(|trade| trade_view(trade, now))
            .collect()
    })
}

pub(crate) fn trade(platform: &Platform, key: &TradeKey) -> Option<TradeView> {
    let now = platform.clock.now();
    platform.read(|book| book.ledger.trade(key).map(|trade| trade_view(trade, now)))
}

pub(crate) fn notifications(
    platform: &Platform,
    out_trade_no: Option<&str>,
) -> Vec<NotificationView> {
    platform.read(|book| {
        book.outbox
            .iter()
            .filter(|shown| out_trade_no.is_none_or(|number| shown.key.out_trade_no == number))
            .map(notification_view)
            .collect()
    })
}

pub(crate) fn notification(platform: &Platform, id: u64) -> Option<NotificationView> {
    platform.read(|book| book.outbox.get(id).map(notification_view))
}

fn trade_view(trade: &Trade, now: UnixMillis) -> TradeView {
    let payment = trade.payment();
    TradeView {
        mch_id: trade.terms.key.mch_id.clone(),
        appid: trade.terms.appid.clone(),
        out_trade_no: trade.terms.key.out_trade_no.clone(),
        trade_type: trade.terms.trade_type.name(),
        trade_state: trade.state(now).name(),
        body: trade.terms.body.clone(),
        total_fee: trade.terms.total_fee,
        openid: trade.terms.openid.clone(),
        prepay_id: trade.prepay.id.clone(),
        notify_url: trade.terms.notify_url.to_string(),
        placed_at: trade.placed_at,
        transaction_id: payment.map(|payment| payment.transaction_id.clone()),
        paid_fee: payment.map(|payment| payment.total_fee),
        paid_at: payment.map(|payment| payment.paid_at),
        refunds: trade.refunds.iter().map(refund_view).collect(),
    }
}

fn refund_view(refund: &Refund) -> RefundView {
    RefundView {
        out_refund_no: refund.out_refund_no.clone(),
        refund_id: refund.refund_id.clone(),
        refund_fee: refund.refund_fee,
        refund_status: refund.status.name(),
        requested_at: refund.requested_at,
    }
}

fn notification_view(notification: &Notification) -> NotificationView {
    NotificationView {
        id: notification.id,
        kind: notification.kind,
        out_trade_no: notification.key.out_trade_no.clone(),
        url: notification.url.to_string(),
        status: notification.status,
        next_due: notification.next_due,
        attempts: notification.attempts.clone(),
    }
}
