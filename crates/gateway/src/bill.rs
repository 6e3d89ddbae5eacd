//! Bills (对账单, 资金账单): a day's payments as WeChat booked them, to reconcile with our own.
//!
//! Official pages: <https://pay.weixin.qq.com/wiki/doc/api/jsapi.php?chapter=9_6> (downloadbill) and
//! <https://pay.weixin.qq.com/wiki/doc/api/jsapi.php?chapter=9_18> (downloadfundflow).
//!
//! A bill is neither XML nor signed, and can be hundreds of megabytes long, so it is read row by
//! row as it arrives. Only its own summary at the end says that it is complete.

pub mod column;
mod download;
mod lines;
mod money;
mod request;
mod row;

pub use download::{Bill, BillError};
pub use lines::{BillFormatError, BillLines, LINE_BYTES_MAX};
pub use money::{yuan_to_fen, yuan_to_micro};
pub use request::{BillRequest, BillType, FundAccount, FundFlowRequest};
pub use row::{BillRow, BillSummary};
