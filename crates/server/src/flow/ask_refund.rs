//! An operator wants money to go back: decided and remembered here, carried out by the worker.

use wechat_checkout_protocol::{Fen, OrderId};

use crate::app::App;
use crate::order::{AskedRefund, OrderEvent, Refusal};
use crate::store::{Advanced, OrderRecord, StoreError};

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

/// The number of the refund of a whole order, when the operator names none: asking twice is one.
#[must_use]
pub fn number_of_whole_order(id: &OrderId) -> String {
    ["F", id.as_str()].concat()
}

/// Owes the money, durably. The same number with the same amount changes nothing.
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
        Advanced::AlreadyApplied(record) => Ok(record),
        Advanced::Refused(refusal) => Err(AskRefundError::Refused(refusal)),
        Advanced::Unknown => Err(AskRefundError::Unknown),
    }
}

fn is_refund_number(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-|*@".contains(&byte);
    (1..=64).contains(&text.len()) && text.bytes().all(is_allowed)
}
