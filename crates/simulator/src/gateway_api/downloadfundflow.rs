//! 下载资金账单: yesterday's flows of money as a file. Signed with HMAC-SHA256 only.

use axum::response::Response;
use wechat_checkout_gateway::SignType;

use super::call::Call;
use super::downloadbill::{BAD_FORMAT, BillRefusal, Day, MISSING, NO_BILL, SIGN_ERROR, file};
use super::fundflow;
use crate::platform::Platform;

pub(super) const PATH: &str = "/pay/downloadfundflow";

/// Carries the call out.
pub(super) fn download(platform: &Platform, call: &Call<'_>) -> Result<Response, BillRefusal> {
    if call.sign_type != SignType::HmacSha256 {
        return Err(SIGN_ERROR);
    }
    let account = call.get("account_type").ok_or(MISSING)?;
    if !["Basic", "Operation", "Fees"].contains(&account) {
        return Err(BAD_FORMAT);
    }
    let day = Day::asked_for(platform, call)?;
    let table = platform.read(|book| {
        // Payments, fees and refunds all move the basic account; nothing here moves another one.
        let trades = book.ledger.trades();
        let own = trades.filter(|trade| trade.terms.key.mch_id == call.account.mch_id());
        let flows = if account == "Basic" {
            fundflow::of_trades(own)
        } else {
            vec![]
        };
        fundflow::write(flows, &|instant| day.contains(instant))
    });
    file(call, table.ok_or(NO_BILL)?)
}
