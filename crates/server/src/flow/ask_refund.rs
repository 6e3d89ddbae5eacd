//! An operator wants money to go back: decided and remembered here, carried out by the worker.

use wechat_checkout_protocol::{Fen, OrderId};

use crate::app::App;
use crate::order::{AskedRefund, OrderEvent, RefundOf, Refusal};
use crate::store::{Advanced, OrderRecord, PlannedStep, RefundRecord, RefundStatus, StoreError};

/// How often the rest is reckoned anew when other refunds come between.
const ATTEMPTS_MAX: u32 = 3;

/// Why there is no refund.
#[derive(Debug, thiserror::Error)]
pub enum AskRefundError {
    /// No such order.
    #[error("no such order")]
    Unknown,
    /// The number is not one of WeChat's.
    #[error("a refund number takes 1 to 64 of letters, digits and _ - | * @")]
    Number,
    /// The machine refused it.
    #[error("the refund was refused: {}", .0.as_str())]
    Refused(Refusal),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A refund of all that is left of an order's payment; `None` when nothing is.
///
/// Its number is made of the order, of what went back before and of how often that failed: asking
/// twice, at two servers at once, too, is one refund, and what is left after a part or after a
/// failure is another.
#[must_use]
pub fn rest_of(record: &OrderRecord) -> Option<AskedRefund> {
    let order = &record.order;
    let amount = order.amount_refundable();
    let gone = order.amount_total.checked_sub(amount)?;
    if order.transaction_id.is_none() || amount == Fen::ZERO {
        return None;
    }
    let failed = record.refunds.iter().filter(|refund| {
        refund.owed.of == RefundOf::OrdersPayment && refund.status == RefundStatus::Failed
    });
    let out_refund_no = match (gone, failed.count()) {
        (Fen::ZERO, 0) => format!("F{}", order.id),
        (gone, 0) => format!("F{}-{}", order.id, gone.get()),
        (gone, failed) => format!("F{}-{}-{failed}", order.id, gone.get()),
    };
    Some(AskedRefund {
        out_refund_no,
        amount,
    })
}

/// Owes all that is left of the order's payment, durably. When all of it went or goes back already,
/// that is carried on with at once, and nothing else happens.
///
/// # Errors
/// See [`AskRefundError`].
pub async fn ask_refund_of_rest(app: &App, id: &OrderId) -> Result<OrderRecord, AskRefundError> {
    let mut attempt = 1;
    loop {
        let record = app.store.order(id).await?.ok_or(AskRefundError::Unknown)?;
        let Some(rest) = rest_of(&record) else {
            if record.order.transaction_id.is_none() {
                return Err(AskRefundError::Refused(Refusal::NotPaid));
            }
            for refund in &record.refunds {
                go_on_now(app, refund).await?;
            }
            return Ok(record);
        };
        match ask_refund(app, id, &rest.out_refund_no, rest.amount).await {
            // Another refund was asked for, or ended, since the order was read: less or more is left.
            Err(AskRefundError::Refused(Refusal::RefundAmount | Refusal::RefundFailedBefore))
                if attempt < ATTEMPTS_MAX =>
            {
                attempt += 1;
            }
            outcome => return outcome,
        }
    }
}

/// Owes the money, durably. The same number with the same amount owes nothing more: a refund that
/// has not ended is carried on with at once, for example after the merchant's account was topped up.
///
/// # Errors
/// See [`AskRefundError`].
pub async fn ask_refund(
    app: &App,
    id: &OrderId,
    out_refund_no: &str,
    amount: Fen,
) -> Result<OrderRecord, AskRefundError> {
    if !is_refund_number(out_refund_no) {
        return Err(AskRefundError::Number);
    }
    let asked = AskedRefund {
        out_refund_no: out_refund_no.to_owned(),
        amount,
    };
    match app
        .store
        .advance(id, OrderEvent::RefundAsked(asked), app.clock.now())
        .await?
    {
        Advanced::Applied(record) => {
            tracing::info!(order.id = %id, out_refund_no, amount = amount.get(), "refund asked");
            app.bells.refund.notify_one();
            Ok(record)
        }
        Advanced::AlreadyApplied(record) => {
            let same = |refund: &&RefundRecord| refund.owed.out_refund_no == out_refund_no;
            if let Some(refund) = record.refunds.iter().find(same) {
                go_on_now(app, refund).await?;
            }
            Ok(record)
        }
        Advanced::Refused(refusal) | Advanced::Flagged(refusal) => {
            Err(AskRefundError::Refused(refusal))
        }
        Advanced::Unknown => Err(AskRefundError::Unknown),
    }
}

/// Makes a refund that has not ended due now. Every step uses its one number, so a step that is
/// under way just now and is taken again refunds once.
async fn go_on_now(app: &App, refund: &RefundRecord) -> Result<(), StoreError> {
    if refund.due_at.is_none() {
        return Ok(());
    }
    let now = PlannedStep {
        status: refund.status,
        due_at: app.clock.now(),
        hindrance: refund.hindrance.clone(),
    };
    app.store
        .plan_refund(&refund.owed.out_refund_no, now)
        .await?;
    app.bells.refund.notify_one();
    Ok(())
}

fn is_refund_number(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-|*@".contains(&byte);
    (1..=64).contains(&text.len()) && text.bytes().all(is_allowed)
}
