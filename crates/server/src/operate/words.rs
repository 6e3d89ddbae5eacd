//! What the server answered, for people: amounts in yuan, times in Beijing, as the merchant platform
//! has them.

use std::fmt::Write;

use wechat_checkout_gateway::beijing;
use wechat_checkout_protocol::{Attention, Benefit, Fen, OrderStatus, OrderView, UnixMillis};
use wechat_checkout_server::http::admin::{OrderTimeline, RefundEntry};
use wechat_checkout_server::store::{JournalEvent, RefundStatus, StoredAnswer, WebhookRecord};

/// An order, its timeline and its refunds.
pub(super) fn order(seen: &OrderTimeline) -> String {
    let order = &seen.order;
    let mut text = format!(
        "Order {}   (times are Beijing's)\n  {} × {}, ¥{}\n",
        order.id, order.title, order.quantity, order.amount_total
    );
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "  {name:<12} {value}");
    };
    line("status", status(order.status));
    if let Some(attention) = order.attention {
        line("attention", attention_words(attention));
    }
    line("buyer", &seen.openid);
    if let Some(payment) = &seen.transaction_id {
        line("payment", payment);
        line("money", &money(order));
    }
    line("placed", &at(order.created_at));
    if let Some(confirmed_at) = order.confirmed_at {
        line("confirmed", &at(confirmed_at));
    }
    for benefit in &order.benefits {
        line("delivered", &benefit_words(benefit));
    }
    text.push_str("\nTimeline\n");
    for entry in &seen.timeline {
        let what = event(&entry.event);
        let _ = writeln!(text, "  {:>4}  {}  {what}", entry.seq, at(entry.at));
    }
    if !seen.refunds.is_empty() {
        text.push_str("\nRefunds\n");
        for one in &seen.refunds {
            text.push_str(&refund(one));
        }
    }
    text
}

fn money(order: &OrderView) -> String {
    let gone = order.amount_refunded.checked_add(order.amount_refunding);
    let left = gone.and_then(|gone| order.amount_total.checked_sub(gone));
    format!(
        "¥{} paid, ¥{} back, ¥{} on its way back, ¥{} left",
        order.amount_total,
        order.amount_refunded,
        order.amount_refunding,
        left.unwrap_or(Fen::ZERO)
    )
}

fn refund(refund: &RefundEntry) -> String {
    let status = match refund.status {
        RefundStatus::Due => "to be asked for at WeChat",
        RefundStatus::Accepted => "WeChat works on it",
        RefundStatus::Succeeded => "back with the buyer",
        RefundStatus::Failed => "failed for good",
    };
    let mut text = format!(
        "  {}  ¥{}  {status}, asked {}",
        refund.out_refund_no,
        refund.amount,
        at(refund.asked_at)
    );
    if let Some(ended_at) = refund.ended_at {
        let _ = write!(text, ", ended {}", at(ended_at));
    }
    if !refund.of_orders_payment {
        let _ = write!(text, ", of the second payment {}", refund.transaction_id);
    }
    if let Some(refund_id) = &refund.refund_id {
        let _ = write!(text, ", at WeChat {refund_id}");
    }
    text.push('\n');
    if let Some(hindrance) = &refund.hindrance {
        let advice = refund
            .advice
            .as_deref()
            .unwrap_or("look in WeChat's list of error codes");
        let _ = writeln!(text, "    {hindrance}: {advice}");
    }
    text
}

/// Messages to the merchant's own system.
pub(super) fn webhooks(list: &[WebhookRecord]) -> String {
    if list.is_empty() {
        return "no such messages\n".to_owned();
    }
    let mut text = String::new();
    for one in list {
        let answer = one.last_answer.as_deref().unwrap_or("not sent yet");
        let _ = writeln!(
            text,
            "{}  {}  order {}  {} attempts, last answer: {answer}",
            one.id,
            at(one.created_at),
            one.order_id,
            one.attempts
        );
    }
    text
}

fn at(at: UnixMillis) -> String {
    beijing::format_dashed(at.0.div_euclid(1_000))
}

const fn status(status: OrderStatus) -> &'static str {
    match status {
        OrderStatus::Unprocessed => "unprocessed 未处理",
        OrderStatus::AwaitingConfirmation => "awaiting_confirmation 待确认",
        OrderStatus::Confirmed => "confirmed 已确认",
        OrderStatus::Closed => "closed 已关闭",
        OrderStatus::Refunding => "refunding 退款中",
        OrderStatus::Refunded => "refunded 已退款",
    }
}

const fn attention_words(attention: Attention) -> &'static str {
    match attention {
        Attention::UnderReview => "under review: people have to look",
        Attention::LatePaymentRefunded => "paid too late, the money goes back",
    }
}

fn benefit_words(benefit: &Benefit) -> String {
    match benefit {
        Benefit::Vip { until } => format!("membership until {}", at(*until)),
        Benefit::Voucher { code } => format!("voucher code {code}"),
    }
}

/// An entry of the timeline in a few words.
fn event(event: &JournalEvent) -> String {
    match event {
        JournalEvent::Placed => "placed".to_owned(),
        JournalEvent::PrepayIssued { prepay_id, .. } => format!("session to pay {prepay_id}"),
        JournalEvent::Reported { outcome } => format!("the page reported {outcome:?}"),
        JournalEvent::Paid {
            transaction_id,
            total_fee,
            fee_type,
            ..
        } => format!("paid ¥{total_fee} ({fee_type}), payment {transaction_id}"),
        JournalEvent::FoundUnpaid { answer } => asked("not paid yet", answer.as_ref()),
        JournalEvent::FoundAbsent { answer } => asked("unknown at WeChat", answer.as_ref()),
        JournalEvent::InquiryUnanswered { answer } => asked("no clear answer", answer.as_ref()),
        JournalEvent::FoundRefunded { answer } => {
            asked("paid, and refunded elsewhere", answer.as_ref())
        }
        JournalEvent::ClosedAtWechat { answer } => asked("closed at WeChat", answer.as_ref()),
        JournalEvent::RefundAsked {
            out_refund_no,
            amount,
        } => format!("refund of ¥{amount} asked, {out_refund_no}"),
        JournalEvent::RefundStuck {
            out_refund_no,
            hindrance,
        } => {
            let why = hindrance.as_deref().unwrap_or("no headway");
            format!("refund {out_refund_no} is stuck: {why}")
        }
        JournalEvent::RefundSettled {
            out_refund_no,
            amount,
            succeeded,
            ..
        } => {
            let how = if *succeeded {
                "arrived"
            } else {
                "failed for good"
            };
            format!("refund of ¥{amount} {how}, {out_refund_no}")
        }
        JournalEvent::Reviewed { seen_seq } => format!("reviewed up to {seen_seq}"),
    }
}

fn asked(found: &str, answer: Option<&StoredAnswer>) -> String {
    match answer.and_then(|answer| answer.description.as_deref()) {
        Some(words) => format!("asked: {found} ({words})"),
        None => format!("asked: {found}"),
    }
}
