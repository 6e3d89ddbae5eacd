//! One row of a bill, its cells by the names of their columns.

use std::sync::Arc;

use wechat_checkout_protocol::Fen;

use super::money::{yuan_to_fen, yuan_to_micro};
use super::{BillFormatError, column};

/// One payment, refund or flow of money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillRow {
    header: Arc<[String]>,
    cells: Vec<String>,
}

impl BillRow {
    pub(super) fn new(header: Arc<[String]>, cells: Vec<String>) -> BillRow {
        BillRow { header, cells }
    }

    /// The text of a cell, by a name of [`mod@column`]; `None` when the bill has no such column.
    ///
    /// Wide and narrow brackets are one: bills write `收支金额（元）` and `收支金额(元)`.
    #[must_use]
    pub fn get(&self, column: &str) -> Option<&str> {
        let at = self
            .header
            .iter()
            .position(|name| is_column(name, column))?;
        self.cells.get(at).map(String::as_str)
    }

    /// An amount of whole fen.
    #[must_use]
    pub fn fen(&self, column: &str) -> Option<Fen> {
        self.get(column).and_then(yuan_to_fen)
    }

    /// An amount in millionths of a yuan, perhaps negative: what fees are charged in.
    #[must_use]
    pub fn micro_yuan(&self, column: &str) -> Option<i64> {
        self.get(column).and_then(yuan_to_micro)
    }

    /// All cells, in the order of the bill.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> {
        self.header
            .iter()
            .map(String::as_str)
            .zip(self.cells.iter().map(String::as_str))
    }
}

fn is_column(name: &str, column: &str) -> bool {
    let narrow = |character| match character {
        '（' => '(',
        '）' => ')',
        other => other,
    };
    name == column || name.chars().map(narrow).eq(column.chars().map(narrow))
}

/// The last row of a bill: its sums.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillSummary {
    /// How many rows the bill has, by its own count, which has been compared.
    pub rows: u64,
    /// The sums by the names of their columns.
    pub totals: BillRow,
}

impl BillSummary {
    /// Counts are printed as `45`, and as `45.0` at times.
    pub(super) fn read(totals: BillRow) -> Result<BillSummary, BillFormatError> {
        let count = totals
            .get(column::TRADE_COUNT)
            .or_else(|| totals.get(column::FLOW_COUNT));
        let count = count.ok_or(BillFormatError::NoCount)?;
        let whole = count.split_once('.').map_or(count, |(whole, decimals)| {
            if decimals.bytes().all(|byte| byte == b'0') {
                whole
            } else {
                count
            }
        });
        let rows = whole.parse().map_err(|_| BillFormatError::NoCount)?;
        Ok(BillSummary { rows, totals })
    }
}
