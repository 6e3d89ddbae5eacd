//! `closeorder` (关闭订单): makes an unpaid order unpayable.
//!
//! Official page: <https://pay.weixin.qq.com/wiki/doc/api/jsapi.php?chapter=9_3>.
//!
//! Not earlier than five minutes after the order was placed, and never without a query before.
//! `ORDERPAID` means: query and confirm. `ORDERCLOSED` means: done before.

use super::request::{InvalidRequest, Request};
use crate::fields::{self, FieldError};
use crate::{Params, Verified};

/// The order cannot be paid any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// WeChat's words, for people.
    pub result_msg: Option<String>,
    /// Every parameter as received.
    pub params: Params,
}

pub(crate) fn to_params(out_trade_no: &str) -> Result<Params, InvalidRequest> {
    let request = Request::default().known_out_trade_no(out_trade_no)?;
    Ok(request.into_params())
}

/// WeChat names no order in this answer; one that names another is about that.
pub(crate) fn read(
    out_trade_no: &str,
    reply: Verified<Params>,
) -> Result<Verified<Closed>, FieldError> {
    let params = reply.into_inner();
    fields::same_if_given(&params, "out_trade_no", out_trade_no)?;
    Ok(Verified::new(Closed {
        result_msg: fields::text(&params, "result_msg"),
        params,
    }))
}
