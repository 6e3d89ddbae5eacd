//! Collects from the journal what the merchant's own system is told: one fact, one message.
//!
//! A message of the kind `order.…` tells that an order came into a state, once each time it does; one
//! of the kind `refund.…` tells what became of one sum of money. An entry of the journal can be both.

use serde::Serialize;
use wechat_checkout_protocol::{Attention, Fen, OrderStatus, OrderView, RefundView, UnixMillis};

use super::view::{order_view, refund_view};
use crate::app::App;
use crate::order::{Order, OwedRefund, RefundOf, inquiry};
use crate::store::{
    JournalEntry, JournalEvent, NewWebhook, OrderRecord, RefundRecord, RefundStatus, StoreError,
    replay,
};

/// Journal entries read at a time.
const PAGE_MAX: u32 = 256;

/// What a message says.
#[derive(Debug, Serialize)]
struct Payload<'a> {
    r#type: &'a str,
    timestamp: UnixMillis,
    data: Data<'a>,
}

#[derive(Debug, Serialize)]
struct Data<'a> {
    openid: &'a str,
    /// WeChat's number of the payment that the order was confirmed by.
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction_id: Option<&'a str>,
    order: &'a OrderView,
    #[serde(skip_serializing_if = "Option::is_none")]
    refund: Option<RefundData>,
}

/// One sum that goes back, and where that leaves the order's money.
#[derive(Debug, Serialize)]
struct RefundData {
    #[serde(flatten)]
    view: RefundView,
    /// WeChat's number of the refund, once known.
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_id: Option<String>,
    /// WeChat's number of the payment that it sends back.
    transaction_id: String,
    /// Whether that is the payment the order was confirmed by, and not a second one.
    of_orders_payment: bool,
    /// What has gone back of the order's payment so far.
    amount_refunded: Fen,
    /// All of the order's payment.
    amount_total: Fen,
}

/// Reads on in the journal and keeps the messages for everything that the merchant is told.
/// Collecting the same entries twice keeps each message once: its id is made of the journal position.
///
/// # Errors
/// Only the database's.
pub async fn collect_webhooks(app: &App) -> Result<(), StoreError> {
    loop {
        let position = app.store.webhook_position().await?;
        let entries = app.store.entries_after(position, PAGE_MAX).await?;
        let Some(last) = entries.last() else {
            return Ok(());
        };
        let reached = last.position;
        let mut webhooks = Vec::new();
        for entry in &entries {
            webhooks.extend(messages(app, entry).await?);
        }
        app.store
            .collect_webhooks(webhooks, reached, app.clock.now())
            .await?;
    }
}

/// The messages of an entry say where the order stood then, however late they are collected: with
/// `seq` a receiver puts them in order.
async fn messages(app: &App, entry: &JournalEntry) -> Result<Vec<NewWebhook>, StoreError> {
    if !can_be_news(&entry.event) {
        return Ok(Vec::new());
    }
    let Some((before, record)) = around(app, entry).await? else {
        return Ok(Vec::new());
    };
    let of_order = order_news(&entry.event, before.as_ref(), &record.order);
    let of_refund = refund_news(&entry.event, &record);
    if of_order.is_none() && of_refund.is_none() {
        return Ok(Vec::new());
    }
    let openid = record.order.openid.clone();
    let transaction_id = record.order.transaction_id.clone();
    let view = order_view(app, record);
    let message = |id: String, kind: &str, refund: Option<RefundData>| NewWebhook {
        id,
        order_id: entry.order_id.clone(),
        payload: serde_json::to_string(&Payload {
            r#type: kind,
            timestamp: entry.at,
            data: Data {
                openid: openid.as_str(),
                transaction_id: transaction_id.as_deref(),
                order: &view,
                refund,
            },
        })
        .unwrap_or_default(),
    };
    let position = entry.position;
    let of_order = of_order.map(|kind| message(format!("msg_{position}"), kind, None));
    let of_refund = of_refund
        .map(|(kind, refund)| message(format!("msg_{position}_refund"), kind, Some(refund)));
    Ok(of_order.into_iter().chain(of_refund).collect())
}

/// Most entries are attempts: they cost no look at their order.
const fn can_be_news(event: &JournalEvent) -> bool {
    match event {
        JournalEvent::Placed
        | JournalEvent::PrepayIssued { .. }
        | JournalEvent::Reported { .. }
        | JournalEvent::Reviewed { .. } => false,
        JournalEvent::Paid { .. }
        | JournalEvent::FoundUnpaid { .. }
        | JournalEvent::FoundAbsent { .. }
        | JournalEvent::InquiryUnanswered { .. }
        | JournalEvent::FoundRefunded { .. }
        | JournalEvent::ClosedAtWechat { .. }
        | JournalEvent::RefundAsked { .. }
        | JournalEvent::RefundStuck { .. }
        | JournalEvent::RefundSettled { .. } => true,
    }
}

/// The order before an entry and after it, with what it had delivered and what went back by then.
async fn around(
    app: &App,
    entry: &JournalEntry,
) -> Result<Option<(Option<Order>, OrderRecord)>, StoreError> {
    let Some(mut record) = app.store.order(&entry.order_id).await? else {
        return Ok(None);
    };
    let mut journal = app.store.journal_of(&entry.order_id).await?;
    journal.retain(|one| one.seq <= entry.seq);
    let mut before = None;
    // An entry of a version that decided otherwise is told with where the order stands now.
    if let Some(mut stood) = replay(&record.order, &journal) {
        let after = stood.pop();
        before = stood.pop();
        // The row itself, where it is the newest: a claim moves its next question.
        if let Some(after) = after.filter(|after| after.seq != record.order.seq) {
            record.order = after;
        }
    }
    if record.order.delivered_at.is_none() {
        record.benefits.clear();
    }
    record
        .refunds
        .retain_mut(|refund| take_back_to(refund, &journal));
    Ok(Some((before, record)))
}

/// Makes a refund what it was at the end of this journal; `false` when nobody had asked for it yet.
fn take_back_to(refund: &mut RefundRecord, journal: &[JournalEntry]) -> bool {
    let number = refund.owed.out_refund_no.clone();
    let is_asked = journal.iter().any(|entry| match &entry.event {
        JournalEvent::RefundAsked { out_refund_no, .. } => *out_refund_no == number,
        JournalEvent::Paid { transaction_id, .. } => {
            OwedRefund::number_of_payment(transaction_id) == number
        }
        _ => false,
    });
    let has_ended = journal.iter().any(|entry| {
        matches!(&entry.event, JournalEvent::RefundSettled { out_refund_no, .. } if *out_refund_no == number)
    });
    if !has_ended {
        refund.status = RefundStatus::Due;
        refund.ended_at = None;
        refund.refund_id = None;
    }
    is_asked
}

/// The state that the order came into with this entry. Attempts and inquiries are our own business,
/// until they end in people having to look.
fn order_news(event: &JournalEvent, before: Option<&Order>, after: &Order) -> Option<&'static str> {
    if asks_for_review(event, after) {
        return Some("order.under_review");
    }
    // Of an entry that an earlier version decided otherwise, nobody knows what was before.
    if before.is_some_and(|before| before.status == after.status) {
        return None;
    }
    match (event, after.status) {
        (JournalEvent::Paid { transaction_id, .. }, OrderStatus::Confirmed)
            if after.transaction_id.as_ref() == Some(transaction_id) =>
        {
            Some("order.confirmed")
        }
        // Also after a refund failed: what it is now was told when it was confirmed.
        (
            _,
            OrderStatus::Confirmed | OrderStatus::Unprocessed | OrderStatus::AwaitingConfirmation,
        ) => None,
        (_, OrderStatus::Closed) => Some("order.closed"),
        (_, OrderStatus::Refunding) => Some("order.refunding"),
        (_, OrderStatus::Refunded) => Some("order.refunded"),
    }
}

/// Whether it is this event that makes people look, and not one before it.
fn asks_for_review(event: &JournalEvent, order: &Order) -> bool {
    let is_under_review = order.attention == Some(Attention::UnderReview);
    match event {
        JournalEvent::Paid { transaction_id, .. } => {
            is_under_review
                && order.transaction_id.as_ref() != Some(transaction_id)
                && order.misfit.as_ref().map(|misfit| &misfit.transaction_id)
                    == Some(transaction_id)
        }
        JournalEvent::FoundUnpaid { .. }
        | JournalEvent::FoundAbsent { .. }
        | JournalEvent::InquiryUnanswered { .. } => {
            is_under_review && order.inquiries == inquiry::INQUIRIES_MAX
        }
        JournalEvent::FoundRefunded { .. } | JournalEvent::RefundStuck { .. } => is_under_review,
        JournalEvent::RefundSettled { succeeded, .. } => is_under_review && !succeeded,
        JournalEvent::Placed
        | JournalEvent::PrepayIssued { .. }
        | JournalEvent::Reported { .. }
        | JournalEvent::ClosedAtWechat { .. }
        | JournalEvent::RefundAsked { .. }
        | JournalEvent::Reviewed { .. } => false,
    }
}

/// What became of a sum of money with this entry.
fn refund_news(event: &JournalEvent, record: &OrderRecord) -> Option<(&'static str, RefundData)> {
    let (kind, number) = match event {
        JournalEvent::RefundAsked { out_refund_no, .. } => {
            ("refund.requested", out_refund_no.clone())
        }
        // A payment that cannot be kept owes its refund by itself; any other owes none of that number.
        JournalEvent::Paid { transaction_id, .. } => (
            "refund.requested",
            OwedRefund::number_of_payment(transaction_id),
        ),
        JournalEvent::RefundSettled {
            out_refund_no,
            succeeded,
            ..
        } => {
            let kind = if *succeeded {
                "refund.succeeded"
            } else {
                "refund.failed"
            };
            (kind, out_refund_no.clone())
        }
        JournalEvent::Placed
        | JournalEvent::PrepayIssued { .. }
        | JournalEvent::Reported { .. }
        | JournalEvent::FoundUnpaid { .. }
        | JournalEvent::FoundAbsent { .. }
        | JournalEvent::InquiryUnanswered { .. }
        | JournalEvent::FoundRefunded { .. }
        | JournalEvent::ClosedAtWechat { .. }
        | JournalEvent::RefundStuck { .. }
        | JournalEvent::Reviewed { .. } => return None,
    };
    let mut refunds = record.refunds.iter();
    let refund = refunds.find(|refund| refund.owed.out_refund_no == number)?;
    let data = RefundData {
        view: refund_view(refund),
        refund_id: refund.refund_id.clone(),
        transaction_id: refund.owed.transaction_id.clone(),
        of_orders_payment: refund.owed.of == RefundOf::OrdersPayment,
        amount_refunded: record.order.amount_refunded,
        amount_total: record.order.amount_total,
    };
    Some((kind, data))
}
