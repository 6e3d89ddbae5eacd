//! Judging an answer in three steps: communication, signature and identity, business result.
//!
//! The third step of a query, `trade_state`, belongs to the call.

use crate::call::{CallError, UnknownCause};
use crate::error_code::{ErrCode, RetryClass};
use crate::{Merchant, Params, Verified, xml};

/// Gives the verified parameters of a successful answer.
pub(crate) fn judge(merchant: &Merchant, answer: &[u8]) -> Result<Verified<Params>, CallError> {
    let params = xml::read(answer).map_err(UnknownCause::Unreadable)?;
    // Step 1. A communication failure carries no signature, so nothing else in it is believed.
    if params.get("return_code") != Some("SUCCESS") {
        let message = text(&params, "return_msg");
        return Err(UnknownCause::CommunicationFailed { message }.into());
    }
    // Step 2. From here on every word is WeChat's, to us.
    let params = merchant.verify(params).map_err(UnknownCause::Unverified)?;
    if params.get("result_code") == Some("SUCCESS") {
        return Ok(params);
    }
    let code = ErrCode::parse(params.get("err_code").unwrap_or_default());
    let description = text(&params, "err_code_des");
    Err(match code.class() {
        RetryClass::Ambiguous => UnknownCause::Busy { code, description }.into(),
        RetryClass::Throttled
        | RetryClass::AlreadyDone
        | RetryClass::DeadNumber
        | RetryClass::Buyer
        | RetryClass::MerchantFunds
        | RetryClass::Defect
        | RetryClass::Absent
        | RetryClass::Manual
        | RetryClass::Unknown => CallError::Refused { code, description },
    })
}

fn text(params: &Params, name: &str) -> String {
    params.get(name).unwrap_or_default().to_owned()
}
