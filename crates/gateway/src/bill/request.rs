//! Which bill is wanted.

use crate::Params;
use crate::call::InvalidRequest;

/// `bill_type` (账单类型).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum BillType {
    /// Payments and refunds.
    #[default]
    All,
    /// Payments.
    Success,
    /// Refunds.
    Refund,
    /// Refunds of prepaid coupons.
    RechargeRefund,
}

impl BillType {
    /// The wire name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            BillType::All => "ALL",
            BillType::Success => "SUCCESS",
            BillType::Refund => "REFUND",
            BillType::RechargeRefund => "RECHARGE_REFUND",
        }
    }
}

/// A day's payments: `downloadbill`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BillRequest<'a> {
    /// `yyyyMMdd`, Beijing time; ready at 10:00 of the next day, kept for three months.
    pub bill_date: &'a str,
    /// Which rows.
    pub bill_type: BillType,
}

/// `account_type` (资金账户类型).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum FundAccount {
    /// 基本账户.
    #[default]
    Basic,
    /// 运营账户.
    Operation,
    /// 手续费账户.
    Fees,
}

impl FundAccount {
    /// The wire name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            FundAccount::Basic => "Basic",
            FundAccount::Operation => "Operation",
            FundAccount::Fees => "Fees",
        }
    }
}

/// A day's flows of money: `downloadfundflow`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FundFlowRequest<'a> {
    /// `yyyyMMdd`, Beijing time.
    pub bill_date: &'a str,
    /// Which account.
    pub account: FundAccount,
}

impl BillRequest<'_> {
    pub(crate) fn to_params(self) -> Result<Params, InvalidRequest> {
        to_params(self.bill_date, "bill_type", self.bill_type.as_str())
    }
}

impl FundFlowRequest<'_> {
    pub(crate) fn to_params(self) -> Result<Params, InvalidRequest> {
        to_params(self.bill_date, "account_type", self.account.as_str())
    }
}

fn to_params(date: &str, kind_name: &str, kind: &str) -> Result<Params, InvalidRequest> {
    // A date exists if its first second does.
    if crate::beijing::parse(&[date, "000000"].concat()).is_err() {
        return Err(InvalidRequest::BadDate);
    }
    Ok(Params::from_iter([
        ("bill_date", date),
        (kind_name, kind),
        ("tar_type", "GZIP"),
    ]))
}
