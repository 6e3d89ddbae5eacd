//! Judging an answer in three steps: communication, signature and identity, business result.
//!
//! The third step of a query, `trade_state`, belongs to the call.

use crate::call::{CallError, UnknownCause};
use crate::error_code::{Call, ErrCode, RetryClass};
use crate::fields::FieldError;
use crate::merchant::addressee;
use crate::{Merchant, Params, Verified, undocumented, xml};

/// WeChat's own limit is 128; more is not worth a log line.
const SENTENCE_CHARS_MAX: usize = 256;

/// What WeChat says where it does not accept the signature of a call.
const SIGNATURE_REFUSALS: [&str; 4] = ["签名错误", "签名失败", "SIGNERROR", "SIGN ERROR"];

/// What WeChat says where it is in trouble itself, when it cannot even sign the answer.
const BUSY: [&str; 4] = ["系统错误", "系统繁忙", "系统超时", "SYSTEMERROR"];

/// Gives the verified parameters of a successful answer.
pub(crate) fn judge(
    merchant: &Merchant,
    call: Call,
    answer: &[u8],
) -> Result<Verified<Params>, CallError> {
    let params = xml::read(answer).map_err(UnknownCause::Unreadable)?;
    // Step 1. A communication failure carries no signature, so nothing else in it is believed.
    require_communication(&params)?;
    // Step 2. From here on every word is WeChat's, to us.
    let claims_bad_signature = params.get("err_code") == Some(ErrCode::SignError.as_str());
    let params = merchant.verify(params).map_err(|error| {
        if claims_bad_signature {
            // Signed with the key that we do not have: a hint, like an unsigned refusal.
            let message = ErrCode::SignError.as_str().to_owned();
            return UnknownCause::SignatureRefused { message };
        }
        UnknownCause::Unverified(error)
    })?;
    count_missing_addressee(&params);
    undocumented::report_members(call.as_str(), &params);
    match params.get("result_code") {
        Some("SUCCESS") => Ok(params),
        Some("FAIL") => Err(refusal(&params)),
        // Neither yes nor no: whoever takes it for a no may let a payment go.
        None | Some("") => Err(incomplete(FieldError::Missing {
            name: "result_code",
        })),
        Some(_) => Err(incomplete(FieldError::Unknown {
            name: "result_code",
        })),
    }
}

fn require_communication(params: &Params) -> Result<(), CallError> {
    match params.get("return_code") {
        Some("SUCCESS") => return Ok(()),
        Some(code) if !code.is_empty() => {}
        None | Some(_) => {
            return Err(incomplete(FieldError::Missing {
                name: "return_code",
            }));
        }
    }
    let message = sentence(params, "return_msg");
    let says_one_of = |words: &[&str]| words.iter().any(|word| message.contains(word));
    let cause = if says_one_of(&SIGNATURE_REFUSALS) {
        UnknownCause::SignatureRefused { message }
    } else if says_one_of(&BUSY) {
        UnknownCause::Busy {
            code: ErrCode::SystemError,
            description: message,
        }
    } else {
        UnknownCause::CommunicationFailed { message }
    };
    Err(cause.into())
}

fn refusal(params: &Params) -> CallError {
    let code = ErrCode::parse(&sentence(params, "err_code"));
    let description = sentence(params, "err_code_des");
    match code.class() {
        RetryClass::Ambiguous => UnknownCause::Busy { code, description }.into(),
        _ if code == ErrCode::SignError => UnknownCause::SignatureRefused {
            message: description,
        }
        .into(),
        RetryClass::Throttled
        | RetryClass::AlreadyDone
        | RetryClass::DeadNumber
        | RetryClass::Buyer
        | RetryClass::MerchantFunds
        | RetryClass::Defect
        | RetryClass::Absent
        | RetryClass::Manual
        | RetryClass::Unknown => CallError::Refused { code, description },
    }
}

fn incomplete(error: FieldError) -> CallError {
    UnknownCause::Incomplete(error).into()
}

/// Published answers lack appid or mch_id at times. The key is ours alone, so they are taken.
fn count_missing_addressee(params: &Params) {
    for member in ["appid", "mch_id"] {
        if addressee(params, member).is_none() {
            metrics::counter!("wechat_answers_unaddressed", "missing" => member).increment(1);
        }
    }
}

/// A text for people, of a bounded length.
fn sentence(params: &Params, name: &str) -> String {
    let text = params.get(name).unwrap_or_default();
    text.chars().take(SENTENCE_CHARS_MAX).collect()
}
