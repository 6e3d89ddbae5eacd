//! What a screen reader says when the checkout moves on.
//!
//! The region that carries it is there from the first paint and only its text changes: a region
//! that appears together with its text stays silent in most screen readers.

use wechat_checkout_protocol::{Attention, OrderStatus, OrderView};
use yew::AttrValue;

use super::refunds::part;
use crate::{
    checkout::{Checkout, Holding, Notice, Stage},
    text::Texts,
};

/// The sentence for a state. Titles of results are left out: the focus goes to them, and a screen
/// reader would read them twice.
pub(super) fn announcement(state: &Checkout, texts: &'static Texts) -> AttrValue {
    if let Some(part) = state
        .holding()
        .and_then(|holding| part(&holding.order, texts))
    {
        return part.into();
    }
    AttrValue::Static(sentence(state, texts))
}

fn sentence(state: &Checkout, texts: &'static Texts) -> &'static str {
    match state {
        Checkout::Idle | Checkout::Loading { .. } => texts.loading,
        Checkout::Issuing { .. } => texts.issuing,
        Checkout::Halted { trouble, .. } => (texts.trouble)(trouble.kind).1,
        Checkout::Holding(holding) => match holding.stage {
            Stage::Payable {
                notice: Some(Notice::Cancelled),
            } => texts.cancelled_title,
            Stage::Payable {
                notice: Some(Notice::TapAgain),
            } => texts.tap_again,
            Stage::Payable { notice: None } => "",
            Stage::SheetOpen { .. } => texts.opening_sheet,
            Stage::Confirming { .. } => texts.confirming_text,
            Stage::NotYetConfirmed {
                is_checking: true, ..
            } => texts.checking,
            Stage::NotYetConfirmed {
                is_checking: false, ..
            } if holding.is_payment_missing() => texts.not_found_title,
            Stage::NotYetConfirmed { .. } => texts.not_yet_text,
            Stage::Failed { .. } => texts.failed_title,
            Stage::UnderReview => texts.review_text,
            Stage::Expiring => texts.expiring_text,
            Stage::Settled => settled_words(&holding.order, texts).1,
        },
    }
}

/// Title and sentence while WeChat's word is missing: that is either no word, or "no payment found".
pub(super) fn not_yet_words(holding: &Holding, texts: &Texts) -> (&'static str, &'static str) {
    if holding.is_payment_missing() {
        (texts.not_found_title, texts.not_found_text)
    } else {
        (texts.not_yet_title, texts.not_yet_text)
    }
}

/// Title and sentence of an order on which the server has said its last word.
pub(super) fn settled_words(order: &OrderView, texts: &Texts) -> (&'static str, &'static str) {
    match (order.attention, order.status) {
        (Some(Attention::UnderReview), OrderStatus::Refunding) => {
            (texts.refunding_title, texts.refund_stuck_text)
        }
        (Some(Attention::UnderReview), _) => (texts.review_title, texts.review_text),
        (Some(Attention::LatePaymentRefunded), OrderStatus::Refunded) => {
            (texts.late_title, texts.late_back_text)
        }
        (Some(Attention::LatePaymentRefunded), _) => (texts.late_title, texts.late_text),
        (None, OrderStatus::Confirmed) => (texts.paid_title, ""),
        (None, OrderStatus::Closed) => (texts.closed_title, texts.closed_text),
        (None, OrderStatus::Refunding) => (texts.refunding_title, texts.refunding_text),
        (None, OrderStatus::Refunded) => (texts.refunded_title, texts.refunded_text),
        (None, OrderStatus::Unprocessed | OrderStatus::AwaitingConfirmation) => {
            (texts.confirming_title, texts.confirming_text)
        }
    }
}
