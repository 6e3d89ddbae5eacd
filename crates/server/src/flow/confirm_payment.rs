//! Confirms a payment: **the single road to 已确认 confirmed**.
//!
//! Notification and inquiry both end here with the same kind of evidence, and only the gateway's
//! verifier can make that evidence. The store then does everything in one database transaction:
//! compare with the order, change its row, deliver, append to the journal. When this function
//! answers, the answer is on disk; only then may anybody acknowledge.
//!
//! If the process dies before the commit, nothing happened and WeChat notifies again, or we ask.
//! If it dies after the commit, the repeat finds `AlreadyApplied`.

use wechat_checkout_gateway::{Payment, Verified};
use wechat_checkout_protocol::{OpenId, OrderId};

use crate::app::App;
use crate::order::{OrderEvent, PaymentEvidence, Refusal};
use crate::store::{Advanced, OrderRecord, StoreError};

/// What became of a payment that WeChat vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Confirmation {
    /// Confirmed and delivered just now (or, if it came late or twice, sent back).
    Done(OrderRecord),
    /// It was done before.
    DoneBefore(OrderRecord),
}

/// Why a payment confirms nothing.
#[derive(Debug, thiserror::Error)]
pub enum ConfirmPaymentError {
    /// We never issued such an order.
    #[error("no such order")]
    UnknownOrder,
    /// It does not fit the order; the order is flagged for review.
    #[error("the payment does not fit the order: {}", .0.as_str())]
    Misfit(Refusal),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Lets a verified payment happen to its order.
///
/// # Errors
/// See [`ConfirmPaymentError`]; in each case nothing was delivered.
pub async fn confirm_payment(
    app: &App,
    payment: Verified<Payment>,
) -> Result<Confirmation, ConfirmPaymentError> {
    let id = OrderId::parse(payment.out_trade_no.as_str())
        .map_err(|_| ConfirmPaymentError::UnknownOrder)?;
    let event = OrderEvent::Paid(evidence(&payment)?);
    match app.store.advance(&id, event, app.clock.now()).await? {
        Advanced::Applied(record) => {
            tracing::info!(
                order.id = %id,
                wechat.transaction_id = %payment.transaction_id,
                order.status = record.order.status.as_str(),
                "payment confirmed",
            );
            metrics::counter!("payments_confirmed").increment(1);
            Ok(Confirmation::Done(record))
        }
        Advanced::AlreadyApplied(record) => Ok(Confirmation::DoneBefore(record)),
        Advanced::Flagged(misfit) => {
            tracing::error!(
                order.id = %id,
                wechat.transaction_id = %payment.transaction_id,
                misfit = misfit.as_str(),
                "a genuine payment does not fit its order: look into it",
            );
            metrics::counter!("payments_misfit", "why" => misfit.as_str()).increment(1);
            Err(ConfirmPaymentError::Misfit(misfit))
        }
        // Told and counted when it was first seen; WeChat and our own questions repeat it.
        Advanced::Refused(misfit) => Err(ConfirmPaymentError::Misfit(misfit)),
        Advanced::Unknown => Err(ConfirmPaymentError::UnknownOrder),
    }
}

/// **Security:** the only place that makes [`PaymentEvidence`].
fn evidence(payment: &Verified<Payment>) -> Result<PaymentEvidence, ConfirmPaymentError> {
    let openid = OpenId::parse(payment.openid.as_str()).map_err(|_| {
        // It has no place in the journal, so this is where people hear of it.
        tracing::error!(
            wechat.transaction_id = %payment.transaction_id,
            "a genuine payment has a payer that no order can have: look into it",
        );
        ConfirmPaymentError::Misfit(Refusal::ForeignPayer)
    })?;
    Ok(PaymentEvidence {
        transaction_id: payment.transaction_id.clone(),
        openid,
        total_fee: payment.total_fee,
        fee_type: payment.fee_type.clone(),
    })
}
