//! How the gateway answers: always HTTP 200 with XML, signed unless the call itself was broken.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use wechat_checkout_gateway::{Params, xml};

use super::call::Call;
use crate::courier::message::Signer;

/// Why a call was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// `return_code` FAIL: the call could not be attributed to a merchant or read. Not signed.
    Protocol(&'static str),
    /// `result_code` FAIL with `err_code` and `err_code_des`. Signed.
    Business {
        code: &'static str,
        description: String,
    },
}

impl Refusal {
    pub(crate) fn business(code: &'static str, description: impl Into<String>) -> Refusal {
        Refusal::Business {
            code,
            description: description.into(),
        }
    }

    /// 缺少参数.
    pub(crate) fn lack(name: &str) -> Refusal {
        Refusal::business("LACK_PARAMS", format!("缺少参数：{name}"))
    }

    /// 参数错误.
    pub(crate) fn bad(name: &str, why: &str) -> Refusal {
        Refusal::business("PARAM_ERROR", format!("{name}{why}"))
    }

    /// 系统错误: perhaps carried out, perhaps not.
    pub(crate) fn system_error() -> Refusal {
        Refusal::business("SYSTEMERROR", "系统错误")
    }

    /// The word for the request log.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Refusal::Protocol(message) => message,
            Refusal::Business { code, .. } => code,
        }
    }
}

/// The document for a call that could not be attributed.
pub(crate) fn protocol_failure(message: &str) -> Response {
    let params = Params::from_iter([("return_code", "FAIL"), ("return_msg", message)]);
    respond(&params)
}

/// The signed document for everything else; the digest is the one that the call was signed with.
pub(crate) fn signed(call: &Call<'_>, outcome: &Result<Params, Refusal>) -> Response {
    let fields = match outcome {
        Ok(fields) => fields.clone(),
        Err(Refusal::Protocol(message)) => return protocol_failure(message),
        Err(Refusal::Business { code, description }) => Params::from_iter([
            ("result_code", "FAIL"),
            ("err_code", *code),
            ("err_code_des", description.as_str()),
        ]),
    };
    let mut params = Params::from_iter([
        ("return_code", "SUCCESS"),
        ("return_msg", "OK"),
        ("result_code", "SUCCESS"),
        ("appid", call.account.appid()),
        ("mch_id", call.account.mch_id()),
    ]);
    for (name, value) in fields.iter() {
        params.set(name, value);
    }
    Signer {
        account: call.account,
        sign_type: call.sign_type,
    }
    .sign(&mut params);
    respond(&params)
}

fn respond(params: &Params) -> Response {
    // WeChat has been seen to send text/plain, text/html and text/xml.
    (
        [(header::CONTENT_TYPE, "text/xml; charset=utf-8")],
        xml::write(params),
    )
        .into_response()
}
