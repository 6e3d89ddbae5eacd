//! What an embedding page is told: the name of an event, and where the checkout stands.

use serde::Serialize;
use wasm_bindgen::JsValue;
use wechat_checkout_protocol::{Benefit, BridgeOutcome, Fen, OrderStatus, UnixMillis};

use crate::{
    browser,
    checkout::{Checkout, CheckoutEvent, FailReason, Holding, Money, Stage, Trouble, TroubleKind},
    components::stage_name,
    hooks::CheckoutHandle,
    json,
    text::{Explanation, Texts, two_sentences},
};

/// The detail of every event; `npm/index.d.ts` describes it for TypeScript.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Snapshot<'a> {
    stage: &'static str,
    is_ready: bool,
    order_id: Option<&'a str>,
    status: Option<OrderStatus>,
    product_id: Option<&'a str>,
    title: Option<&'a str>,
    quantity: Option<u32>,
    amount_fen: Option<Fen>,
    expires_at: Option<UnixMillis>,
    confirmed_at: Option<UnixMillis>,
    benefits: &'a [Benefit],
    outcome: Option<BridgeOutcome>,
    error: Option<Explained>,
}

/// An error in three voices. `npm/errors.js` turns the number into the error's name, and adds what
/// developers are told of troubles: words that the page itself never shows.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Explained {
    /// The place among [`TroubleKind::ALL`] and, behind it, [`FailReason::ALL`].
    number: usize,
    title: &'static str,
    buyer_text: String,
    developer_text: Option<String>,
    support_code: Option<String>,
}

/// Where the checkout stands; `null` only for a value that JavaScript cannot hold.
pub(super) fn snapshot(checkout: Option<&CheckoutHandle>, texts: &Texts) -> JsValue {
    let state = checkout.map(CheckoutHandle::state).unwrap_or_default();
    let holding = state.holding();
    let order = holding.map(|holding| &holding.order);
    let snapshot = Snapshot {
        stage: stage_name(&state),
        is_ready: holding.is_some_and(|holding| holding.is_ready(browser::now())),
        order_id: order.map(|order| order.id.as_str()),
        status: order.map(|order| order.status),
        product_id: order.map(|order| order.product_id.as_str()),
        title: order.map(|order| order.title.as_str()),
        quantity: order.map(|order| order.quantity),
        amount_fen: order.map(|order| order.amount_total),
        expires_at: order.map(|order| order.expires_at),
        confirmed_at: order.and_then(|order| order.confirmed_at),
        benefits: order.map_or(&[], |order| &order.benefits),
        outcome: holding.and_then(|holding| holding.last_outcome),
        error: error(&state, texts),
    };
    json::to_js(&snapshot).unwrap_or(JsValue::NULL)
}

/// The name of an event, for `addEventListener`.
pub(super) fn name_of(event: &CheckoutEvent) -> &'static str {
    match event {
        CheckoutEvent::Ready(_) => "ready",
        CheckoutEvent::Issued(_) => "issued",
        CheckoutEvent::SheetOpened(_) => "sheet_opened",
        CheckoutEvent::Reported(..) => "reported",
        CheckoutEvent::Confirmed(_) => "confirmed",
        CheckoutEvent::Cancelled(_) => "cancelled",
        CheckoutEvent::Halted(..) => "halted",
        CheckoutEvent::Failed(..) => "failed",
        CheckoutEvent::Expired(_) => "expired",
    }
}

/// What is in the way, if anything is.
fn error(state: &Checkout, texts: &Texts) -> Option<Explained> {
    match state {
        Checkout::Idle => None,
        Checkout::Issuing { asking, .. } | Checkout::Loading { asking, .. } => asking
            .trouble
            .as_ref()
            .map(|trouble| of_trouble(trouble, state.money(), texts)),
        Checkout::Halted { trouble, .. } => Some(of_trouble(trouble, state.money(), texts)),
        Checkout::Holding(holding) => match holding.stage {
            Stage::Failed { reason }
            | Stage::Confirming {
                reason: Some(reason),
                ..
            }
            | Stage::NotYetConfirmed {
                reason: Some(reason),
                ..
            } => Some(of_reason(reason, holding, texts)),
            Stage::Payable { .. }
            | Stage::SheetOpen { .. }
            | Stage::Confirming { reason: None, .. }
            | Stage::NotYetConfirmed { reason: None, .. }
            | Stage::UnderReview
            | Stage::Expiring
            | Stage::Settled => {
                let trouble = holding.asking.trouble.as_ref();
                trouble.map(|trouble| of_trouble(trouble, holding.money(), texts))
            }
        },
    }
}

fn of_trouble(trouble: &Trouble, money: Money, texts: &Texts) -> Explained {
    let (title, sentence) = (texts.trouble)(trouble.kind);
    let kinds = TroubleKind::ALL.iter();
    Explained {
        number: kinds.take_while(|kind| **kind != trouble.kind).count(),
        title,
        buyer_text: two_sentences(sentence, texts.money(money)),
        developer_text: None,
        support_code: trouble.request_id.clone(),
    }
}

fn of_reason(reason: FailReason, holding: &Holding, texts: &Texts) -> Explained {
    let explanation = Explanation::of_reason(reason, &holding.order.id, texts);
    let reasons = FailReason::ALL.iter();
    let mut developer_text = explanation.developer.to_owned();
    if reason == FailReason::UrlNotRegistered {
        developer_text.push_str("; ");
        developer_text.push_str(&browser::pay_addresses().advice());
    }
    Explained {
        number: TroubleKind::ALL.len() + reasons.take_while(|known| **known != reason).count(),
        title: explanation.title,
        buyer_text: explanation.sentence,
        developer_text: Some(developer_text),
        support_code: explanation.support_code,
    }
}
