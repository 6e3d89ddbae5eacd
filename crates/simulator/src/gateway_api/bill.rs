//! 对账单: one day's trades as the text table that WeChat hands out.
//!
//! UTF-8 with a byte order mark, a header row, every cell behind a backtick, amounts in yuan, and
//! a summary of two rows at the end.

use wechat_checkout_protocol::{Fen, UnixMillis};

use crate::ledger::numbers;
use crate::ledger::refund::Refund;
use crate::ledger::trade::{Payment, Trade};

const BEFORE_REFUND: &str = "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额";
const REFUND_TIMES: &str = ",退款申请时间,退款成功时间";
const REFUND_CELLS: &str = ",微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态";
const AFTER_REFUND: &str = ",商品名称,商户数据包,手续费,费率,订单金额";
const REFUND_REQUESTED: &str = ",申请退款金额";
const REMARK: &str = ",费率备注";
const SUMMARY_HEADER: &str =
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额";
const LINE_END: &str = "\r\n";
/// 0.60%, in hundred-thousandths of a yuan per fen.
const FEE_PER_FEN: i64 = 6;

/// Which rows and columns a bill has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BillType {
    /// Payments and refunds.
    All,
    /// Payments only, without the columns of refunds.
    Success,
    /// Refunds only, with their times.
    Refund,
}

impl BillType {
    fn header(self) -> String {
        let parts: &[&str] = match self {
            BillType::All => &[
                BEFORE_REFUND,
                REFUND_CELLS,
                AFTER_REFUND,
                REFUND_REQUESTED,
                REMARK,
            ],
            BillType::Success => &[BEFORE_REFUND, AFTER_REFUND, REMARK],
            BillType::Refund => &[
                BEFORE_REFUND,
                REFUND_TIMES,
                REFUND_CELLS,
                AFTER_REFUND,
                REFUND_REQUESTED,
                REMARK,
            ],
        };
        parts.concat()
    }
}

/// One row: a payment, or a refund of one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row<'a> {
    trade: &'a Trade,
    payment: &'a Payment,
    refund: Option<&'a Refund>,
}

impl<'a> Row<'a> {
    /// The rows that a trade contributes to a day, which a predicate on instants describes.
    pub(super) fn of_trade(
        trade: &'a Trade,
        bill_type: BillType,
        is_of_day: &dyn Fn(UnixMillis) -> bool,
    ) -> Vec<Row<'a>> {
        let Some(payment) = trade.payment() else {
            return vec![];
        };
        let mut rows = vec![];
        if bill_type != BillType::Refund && is_of_day(payment.paid_at) {
            rows.push(Row {
                trade,
                payment,
                refund: None,
            });
        }
        if bill_type != BillType::Success {
            let refunds = trade
                .refunds
                .iter()
                .filter(|refund| is_of_day(refund.requested_at));
            rows.extend(refunds.map(|refund| Row {
                trade,
                payment,
                refund: Some(refund),
            }));
        }
        rows
    }

    fn at(&self) -> UnixMillis {
        self.refund
            .map_or(self.payment.paid_at, |refund| refund.requested_at)
    }

    /// An amount of the payment: nothing, when the row is a refund.
    fn paid(&self, fee: impl Fn(&Payment) -> Fen) -> Fen {
        match self.refund {
            Some(_) => Fen::ZERO,
            None => fee(self.payment),
        }
    }

    /// An amount of the refund: nothing, when the row is a payment.
    fn refunded(&self, fee: impl Fn(&Refund) -> Fen) -> Fen {
        self.refund.map_or(Fen::ZERO, fee)
    }

    /// In hundred-thousandths of a yuan; negative for a refund, which returns the fee as well.
    fn fee(&self) -> i64 {
        let settled = self.paid(Payment::settlement_total_fee);
        let returned = self.refunded(Refund::settlement_refund_fee);
        (settled.get() - returned.get()) * FEE_PER_FEN
    }

    fn cells(&self, bill_type: BillType) -> Vec<String> {
        let terms = &self.trade.terms;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let state = if self.refund.is_some() {
            "REFUND"
        } else {
            "SUCCESS"
        };
        let mut cells = vec![
            numbers::beijing_clock(self.at()),
            terms.appid.clone(),
            terms.key.mch_id.clone(),
            "0".to_owned(),
            text(&terms.device_info),
            self.payment.transaction_id.clone(),
            terms.key.out_trade_no.clone(),
            self.payment.payer.clone(),
            terms.trade_type.name().to_owned(),
            state.to_owned(),
            "OTHERS".to_owned(),
            "CNY".to_owned(),
            self.paid(Payment::settlement_total_fee).to_string(),
            self.paid(Payment::coupon_fee).to_string(),
        ];
        if bill_type != BillType::Success {
            cells.extend(self.refund_cells(bill_type));
        }
        cells.extend([
            terms.body.clone(),
            text(&terms.attach),
            yuan_with_five_decimals(self.fee()),
            "0.60%".to_owned(),
            self.paid(|payment| payment.total_fee).to_string(),
        ]);
        if bill_type != BillType::Success {
            let asked = self.refunded(|refund| refund.refund_fee);
            cells.push(asked.to_string());
        }
        cells.push(String::new());
        cells
    }

    fn refund_cells(&self, bill_type: BillType) -> Vec<String> {
        let mut cells = vec![];
        let Some(refund) = self.refund else {
            let nothing = Fen::ZERO.to_string();
            let none = "0".to_owned();
            return vec![
                none.clone(),
                none,
                nothing.clone(),
                nothing,
                String::new(),
                String::new(),
            ];
        };
        if bill_type == BillType::Refund {
            let completed = refund.completed_at.map(numbers::beijing_clock);
            cells.push(numbers::beijing_clock(refund.requested_at));
            cells.push(completed.unwrap_or_default());
        }
        cells.extend([
            refund.refund_id.clone(),
            refund.out_refund_no.clone(),
            refund.settlement_refund_fee().to_string(),
            refund.prepaid_coupon_refund_fee().to_string(),
            "ORIGINAL".to_owned(),
            refund.status.name().to_owned(),
        ]);
        cells
    }
}

/// Writes the whole table. The rows come out by time.
pub(super) fn write(bill_type: BillType, mut rows: Vec<Row<'_>>) -> String {
    rows.sort_by_key(Row::at);
    let mut text = String::from("\u{feff}");
    text.push_str(&bill_type.header());
    text.push_str(LINE_END);
    for row in &rows {
        push_cells(&mut text, &row.cells(bill_type));
    }
    text.push_str(SUMMARY_HEADER);
    text.push_str(LINE_END);
    push_cells(&mut text, &summary(&rows));
    text
}

fn summary(rows: &[Row<'_>]) -> Vec<String> {
    let paid = |fee: fn(&Payment) -> Fen| sum(rows.iter().map(|row| row.paid(fee))).to_string();
    let refunded =
        |fee: fn(&Refund) -> Fen| sum(rows.iter().map(|row| row.refunded(fee))).to_string();
    vec![
        rows.len().to_string(),
        paid(Payment::settlement_total_fee),
        refunded(Refund::settlement_refund_fee),
        refunded(Refund::prepaid_coupon_refund_fee),
        yuan_with_five_decimals(rows.iter().map(Row::fee).sum()),
        paid(|payment| payment.total_fee),
        refunded(|refund| refund.refund_fee),
    ]
}

fn sum(mut amounts: impl Iterator<Item = Fen>) -> Fen {
    amounts
        .try_fold(Fen::ZERO, Fen::checked_add)
        .unwrap_or(Fen::MAX)
}

fn push_cells(text: &mut String, cells: &[String]) {
    for (index, cell) in cells.iter().enumerate() {
        text.push_str(if index == 0 { "`" } else { ",`" });
        text.push_str(cell);
    }
    text.push_str(LINE_END);
}

fn yuan_with_five_decimals(amount: i64) -> String {
    let sign = if amount < 0 { "-" } else { "" };
    let amount = amount.unsigned_abs();
    format!("{sign}{}.{:05}", amount / 100_000, amount % 100_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_tables_have_wechats_numbers_of_columns() {
        let columns = |bill_type: BillType| bill_type.header().split(',').count();
        assert_eq!(columns(BillType::All), 27);
        assert_eq!(columns(BillType::Success), 20);
        assert_eq!(columns(BillType::Refund), 29);
    }

    #[test]
    fn fees_are_written_without_floating_point() {
        assert_eq!(yuan_with_five_decimals(1990 * FEE_PER_FEN), "0.11940");
        assert_eq!(yuan_with_five_decimals(-16_800 * FEE_PER_FEN), "-1.00800");
    }
}
