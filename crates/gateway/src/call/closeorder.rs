//! `closeorder` (关闭订单): makes an unpaid order unpayable.
//!
//! Official page: <https://pay.weixin.qq.com/wiki/doc/api/jsapi.php?chapter=9_3>.
//!
//! Not earlier than five minutes after the order was placed, and never without a query before.
//! `ORDERPAID` means: query and confirm. `ORDERCLOSED` means: done before.

use super::request::{InvalidRequest, Request};
use crate::fields;
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
    Ok(Request::default().out_trade_no(out_trade_no)?.into_params())
}

pub(crate) fn read(reply: Verified<Params>) -> Verified<Closed> {
    let params = reply.into_inner();
    Verified::new(Closed {
        result_msg: fields::text(&params, "result_msg"),
        params,
    })
}
