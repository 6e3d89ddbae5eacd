//! Names of the columns of a bill, as its header writes them.
//!
//! WeChat adds columns and differs between bill types, so cells are found by name only.

/// `yyyy-MM-dd HH:mm:ss`, Beijing time.
pub const TRADE_TIME: &str = "交易时间";
/// appid.
pub const APPID: &str = "公众账号ID";
/// mch_id.
pub const MCH_ID: &str = "商户号";
/// sub_mch_id.
pub const SUB_MCH_ID: &str = "特约商户号";
/// device_info.
pub const DEVICE_INFO: &str = "设备号";
/// transaction_id.
pub const TRANSACTION_ID: &str = "微信订单号";
/// out_trade_no.
pub const OUT_TRADE_NO: &str = "商户订单号";
/// openid.
pub const OPENID: &str = "用户标识";
/// trade_type.
pub const TRADE_TYPE: &str = "交易类型";
/// `SUCCESS`, `REFUND` or `REVOKED`.
pub const TRADE_STATE: &str = "交易状态";
/// bank_type.
pub const BANK_TYPE: &str = "付款银行";
/// fee_type.
pub const FEE_TYPE: &str = "货币种类";
/// Yuan: settlement_total_fee.
pub const SETTLEMENT_TOTAL: &str = "应结订单金额";
/// Yuan: coupon_fee.
pub const COUPON: &str = "代金券金额";
/// refund_id.
pub const REFUND_ID: &str = "微信退款单号";
/// out_refund_no.
pub const OUT_REFUND_NO: &str = "商户退款单号";
/// Yuan: settlement_refund_fee.
pub const SETTLEMENT_REFUND: &str = "退款金额";
/// Yuan: coupon_refund_fee.
pub const COUPON_REFUND: &str = "充值券退款金额";
/// refund_channel.
pub const REFUND_CHANNEL: &str = "退款类型";
/// refund_status.
pub const REFUND_STATUS: &str = "退款状态";
/// body.
pub const BODY: &str = "商品名称";
/// attach.
pub const ATTACH: &str = "商户数据包";
/// Yuan with up to five decimals; negative for a refund.
pub const FEE: &str = "手续费";
/// Percentage, for example `0.60%`.
pub const RATE: &str = "费率";
/// Yuan: total_fee.
pub const TOTAL: &str = "订单金额";
/// Yuan: refund_fee.
pub const REFUND: &str = "申请退款金额";
/// Words on the rate.
pub const RATE_NOTE: &str = "费率备注";
/// Refund bills: when the refund was asked for.
pub const REFUND_ASKED_TIME: &str = "退款申请时间";
/// Refund bills: when the refund succeeded.
pub const REFUND_SUCCESS_TIME: &str = "退款成功时间";
/// Summary: how many rows the bill has.
pub const TRADE_COUNT: &str = "总交易单数";
/// Summary, yuan: settlement_total_fee of all payments.
pub const SETTLEMENT_TOTAL_SUM: &str = "应结订单总金额";
/// Summary, yuan: settlement_refund_fee of all refunds.
pub const SETTLEMENT_REFUND_SUM: &str = "退款总金额";
/// Summary, yuan: coupon_refund_fee of all refunds.
pub const COUPON_REFUND_SUM: &str = "充值券退款总金额";
/// Summary, yuan with up to five decimals.
pub const FEE_SUM: &str = "手续费总金额";
/// Summary, yuan: total_fee of all payments.
pub const TOTAL_SUM: &str = "订单总金额";
/// Summary, yuan: refund_fee of all refunds.
pub const REFUND_SUM: &str = "申请退款总金额";

/// Fund flows: `yyyy-MM-dd HH:mm:ss`, Beijing time, when it was booked.
pub const FLOW_TIME: &str = "记账时间";
/// Fund flows: WeChat's number of what caused it, for example a transaction_id.
pub const FLOW_BUSINESS_ID: &str = "微信支付业务单号";
/// Fund flows: WeChat's number of the flow.
pub const FLOW_ID: &str = "资金流水单号";
/// Fund flows: what it belongs to, for example 交易 or 退款.
pub const FLOW_BUSINESS: &str = "业务名称";
/// Fund flows: for example 交易, 退款, 扣除交易手续费.
pub const FLOW_BUSINESS_TYPE: &str = "业务类型";
/// Fund flows: 收入 or 支出.
pub const FLOW_DIRECTION: &str = "收支类型";
/// Fund flows, yuan: never negative, the direction says which way.
pub const FLOW_AMOUNT: &str = "收支金额（元）";
/// Fund flows, yuan: what the account held afterwards.
pub const FLOW_BALANCE: &str = "账户结余（元）";
/// Fund flows: who asked for it.
pub const FLOW_APPLICANT: &str = "资金变更提交申请人";
/// Fund flows: words.
pub const FLOW_NOTE: &str = "备注";
/// Fund flows: our number, for example an out_trade_no.
pub const FLOW_VOUCHER: &str = "业务凭证号";
/// Summary of a fund flow bill: how many rows it has.
pub const FLOW_COUNT: &str = "资金流水总笔数";
/// Summary of a fund flow bill: how many rows are incomes.
pub const FLOW_INCOME_COUNT: &str = "收入笔数";
/// Summary of a fund flow bill, yuan.
pub const FLOW_INCOME_SUM: &str = "收入金额";
/// Summary of a fund flow bill: how many rows are expenses.
pub const FLOW_EXPENSE_COUNT: &str = "支出笔数";
/// Summary of a fund flow bill, yuan.
pub const FLOW_EXPENSE_SUM: &str = "支出金额";
