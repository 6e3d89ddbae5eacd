//! What a screen reader says when the checkout moves on.
//!
//! The region that carries it is there from the first paint and only its text changes: a region
//! that appears together with its text stays silent in most screen readers.

use wechat_checkout_protocol::{Attention, OrderStatus, OrderView};

use crate::{
    checkout::{Checkout, Notice, Stage},
    text::Texts,
};

/// The sentence for a state; empty when the focus already tells it.
pub(super) fn announcement(state: &Checkout, texts: &Texts) -> &'static str {
    match state {
        Checkout::Idle | Checkout::Loading { .. } => texts.loading,
        Checkout::Issuing { .. } => texts.issuing,
        Checkout::Halted { trouble, .. } => (texts.trouble)(trouble.kind).0,
        Checkout::Holding(holding) => match holding.stage {
            Stage::Payable {
                notice: Some(Notice::Cancelled),
            } => texts.cancelled_title,
            Stage::Payable {
                notice: Some(Notice::TapAgain),
            } => texts.tap_again,
            Stage::Payable { notice: None } => "",
            Stage::SheetOpen { .. } => texts.opening_sheet,
            Stage::Confirming { .. } => texts.confirming_title,
            Stage::NotYetConfirmed {
                is_checking: true, ..
            } => texts.checking,
            Stage::NotYetConfirmed {
                is_checking: false, ..
            } => texts.not_yet_text,
            Stage::Failed { .. } => texts.failed_title,
            Stage::UnderReview => texts.review_title,
            Stage::Expiring => texts.expiring_title,
            Stage::Settled => settled_words(&holding.order, texts).0,
        },
    }
}

/// Title and sentence of an order on which the server has said its last word.
pub(super) fn settled_words(order: &OrderView, texts: &Texts) -> (&'static str, &'static str) {
    match (order.attention, order.status) {
        (Some(Attention::UnderReview), OrderStatus::Refunding) => {
            (texts.refunding_title, texts.refund_stuck_text)
        }
        (Some(Attention::UnderReview), _) => (texts.review_title, texts.review_text),
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
