//! The last comparison before a payment counts: is it a payment of *this* order?

use wechat_checkout_protocol::{Fen, OpenId};

use crate::Payment;

/// What was agreed with the buyer when the order was issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderTerms<'a> {
    /// 商户订单号.
    pub out_trade_no: &'a str,
    /// What the whole order costs.
    pub total_fee: Fen,
    /// Who ordered.
    pub openid: &'a OpenId,
}

/// What of a payment is not as agreed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TermsError {
    /// Another order was paid.
    #[error("payment is for another order")]
    OutTradeNo,
    /// More or less was paid than agreed.
    #[error("payment is of another amount")]
    TotalFee,
    /// Not in yuan.
    #[error("payment is in another currency")]
    FeeType,
    /// Somebody else paid.
    #[error("payment is by another buyer")]
    OpenId,
}

impl Payment {
    /// Compares the payment with the order: number, `total_fee` (never `cash_fee`, which a coupon
    /// lowers), currency and payer.
    ///
    /// # Errors
    /// With the first difference. The money is real and somebody's: such a payment is not
    /// fulfilled, and not forgotten either.
    pub fn check_terms(&self, terms: &OrderTerms<'_>) -> Result<(), TermsError> {
        if self.out_trade_no != terms.out_trade_no {
            Err(TermsError::OutTradeNo)
        } else if self.total_fee != terms.total_fee {
            Err(TermsError::TotalFee)
        } else if self.fee_type != "CNY" {
            Err(TermsError::FeeType)
        } else if self.openid != terms.openid.as_str() {
            Err(TermsError::OpenId)
        } else {
            Ok(())
        }
    }
}
