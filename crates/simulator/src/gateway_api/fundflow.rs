//! 资金账单: what moved on the merchant's account in one day, as the text table that WeChat hands out.

use wechat_checkout_protocol::{Fen, UnixMillis};

use crate::ledger::numbers;
use crate::ledger::trade::Trade;

const HEADER: &str = "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额（元）,账户结余（元）,资金变更提交申请人,备注,业务凭证号";
const SUMMARY_HEADER: &str = "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额";
const LINE_END: &str = "\r\n";
/// 0.60 %, in ten-thousandths.
const FEE_RATE: i64 = 60;

/// One flow of money.
#[derive(Clone, Debug)]
pub(super) struct Flow {
    at: UnixMillis,
    business_id: String,
    name: &'static str,
    kind: &'static str,
    is_income: bool,
    /// In fen.
    amount: i64,
    voucher: String,
}

/// All flows of the merchant's basic account, ever: the balance needs those of the days before.
pub(super) fn of_trades<'a>(trades: impl Iterator<Item = &'a Trade>) -> Vec<Flow> {
    let mut flows: Vec<Flow> = trades.flat_map(of_trade).collect();
    flows.sort_by_key(|flow| flow.at);
    flows
}

fn of_trade(trade: &Trade) -> Vec<Flow> {
    let Some(payment) = trade.payment() else {
        return vec![];
    };
    let flow = |at, kind, is_income, amount| Flow {
        at,
        business_id: payment.transaction_id.clone(),
        name: "交易",
        kind,
        is_income,
        amount,
        voucher: trade.terms.key.out_trade_no.clone(),
    };
    let settled = payment.settlement_total_fee();
    let mut flows = vec![flow(payment.paid_at, "交易", true, settled.get())];
    let fee = fee(settled);
    if fee > 0 {
        flows.push(flow(payment.paid_at, "扣除交易手续费", false, fee));
    }
    flows.extend(trade.refunds.iter().map(|refund| Flow {
        business_id: refund.refund_id.clone(),
        name: "退款",
        voucher: refund.out_refund_no.clone(),
        ..flow(
            refund.requested_at,
            "退款",
            false,
            refund.settlement_refund_fee().get(),
        )
    }));
    flows
}

/// Rounded to the nearest fen, as it is booked.
fn fee(settled: Fen) -> i64 {
    (settled.get().saturating_mul(FEE_RATE) + 5_000) / 10_000
}

/// Writes the table of a day; `None` when nothing moved.
pub(super) fn write(flows: Vec<Flow>, is_of_day: &dyn Fn(UnixMillis) -> bool) -> Option<String> {
    let mut text = ["\u{feff}", HEADER, LINE_END].concat();
    let (mut balance, mut incomes, mut expenses) = (0_i64, Sum::default(), Sum::default());
    for (index, flow) in flows.into_iter().enumerate() {
        let (sum, signed) = match flow.is_income {
            true => (&mut incomes, flow.amount),
            false => (&mut expenses, -flow.amount),
        };
        balance = balance.saturating_add(signed);
        if is_of_day(flow.at) {
            sum.add(flow.amount);
            push_cells(&mut text, &flow.cells(index, balance));
        }
    }
    if incomes.count + expenses.count == 0 {
        return None;
    }
    text.push_str(SUMMARY_HEADER);
    text.push_str(LINE_END);
    let summary = [
        (incomes.count + expenses.count).to_string(),
        incomes.count.to_string(),
        yuan(incomes.amount),
        expenses.count.to_string(),
        yuan(expenses.amount),
    ];
    push_cells(&mut text, &summary);
    Some(text)
}

#[derive(Default)]
struct Sum {
    count: u64,
    amount: i64,
}

impl Sum {
    fn add(&mut self, amount: i64) {
        self.count += 1;
        self.amount = self.amount.saturating_add(amount);
    }
}

impl Flow {
    /// The number of a flow is its place in the merchant's books: the same in every bill.
    fn cells(&self, index: usize, balance: i64) -> [String; 11] {
        let day = &numbers::beijing_second(self.at)[..8];
        [
            numbers::beijing_clock(self.at),
            self.business_id.clone(),
            format!("1900{day}{index:016}"),
            self.name.to_owned(),
            self.kind.to_owned(),
            if self.is_income { "收入" } else { "支出" }.to_owned(),
            yuan(self.amount),
            yuan(balance),
            "system".to_owned(),
            String::new(),
            self.voucher.clone(),
        ]
    }
}

fn push_cells(text: &mut String, cells: &[String]) {
    text.push('`');
    text.push_str(&cells.join(",`"));
    text.push_str(LINE_END);
}

fn yuan(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    let fen = fen.unsigned_abs();
    format!("{sign}{}.{:02}", fen / 100, fen % 100)
}
