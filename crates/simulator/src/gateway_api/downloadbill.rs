//! 下载对账单: yesterday's trades as a file, plain or gzipped.

use std::io::Write;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use wechat_checkout_gateway::{Params, xml};
use wechat_checkout_protocol::UnixMillis;

use super::answer::Refusal;
use super::bill::{self, BillType, Row};
use super::call::Call;
use crate::ledger::numbers;
use crate::platform::Platform;

pub(super) const PATH: &str = "/pay/downloadbill";
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// 次日9点启动生成前一天的对账单，建议商户10点后再获取.
const READY_AFTER_MS: i64 = 10 * 60 * 60 * 1000;
const MONTHS_3_MS: i64 = 92 * DAY_MS;

/// A refusal with `error_code` instead of `err_code`, and unsigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BillRefusal {
    pub(super) message: &'static str,
    code: &'static str,
}

const fn refusal(code: &'static str, message: &'static str) -> BillRefusal {
    BillRefusal { message, code }
}

pub(super) const NO_BILL: BillRefusal = refusal("20002", "No Bill Exist");
pub(super) const MISSING: BillRefusal = refusal("20001", "missing parameter");
pub(super) const BAD_FORMAT: BillRefusal = refusal("20001", "data format error");
pub(super) const SIGN_ERROR: BillRefusal = refusal("20001", "SIGN ERROR");

impl From<Refusal> for BillRefusal {
    fn from(why: Refusal) -> BillRefusal {
        match why.name() {
            super::call::SIGN_ERROR => SIGN_ERROR,
            "CERT_ERROR" => refusal("20001", "CERT ERROR"),
            "PARAM_ERROR" => BAD_FORMAT,
            _ => MISSING,
        }
    }
}

pub(super) fn refused(why: BillRefusal) -> Response {
    let params = Params::from_iter([
        ("return_code", "FAIL"),
        ("return_msg", why.message),
        ("error_code", why.code),
    ]);
    (
        [(header::CONTENT_TYPE, "text/xml; charset=utf-8")],
        xml::write(&params),
    )
        .into_response()
}

/// Carries the call out.
pub(super) fn download(platform: &Platform, call: &Call<'_>) -> Result<Response, BillRefusal> {
    let bill_type = match call.get("bill_type") {
        None | Some("ALL") => BillType::All,
        Some("SUCCESS") => BillType::Success,
        Some("REFUND") => BillType::Refund,
        // 充值退款: nobody tops an account up here, so no such refund exists.
        Some("RECHARGE_REFUND") => return Err(NO_BILL),
        Some(_) => return Err(refusal("20001", "invalid bill_type")),
    };
    let day = Day::asked_for(platform, call)?;
    let is_of_day = |instant: UnixMillis| day.contains(instant);
    let table = platform.read(|book| {
        let rows: Vec<Row<'_>> = book
            .ledger
            .trades()
            .filter(|trade| trade.terms.key.mch_id == call.account.mch_id())
            .flat_map(|trade| Row::of_trade(trade, bill_type, &is_of_day))
            .collect();
        if rows.is_empty() {
            None
        } else {
            Some(bill::write(bill_type, rows))
        }
    });
    file(call, table.ok_or(NO_BILL)?)
}

/// A whole day in Beijing whose bill is made.
pub(super) struct Day {
    start: UnixMillis,
}

impl Day {
    /// `bill_date`, when it is over, made and not too old.
    pub(super) fn asked_for(platform: &Platform, call: &Call<'_>) -> Result<Day, BillRefusal> {
        let date = call.get("bill_date").ok_or(MISSING)?;
        let start = start_of_day(date).ok_or(BAD_FORMAT)?;
        let now = platform.clock.now();
        let end = start.plus_ms(DAY_MS);
        if now < end || now.since_ms(start) > MONTHS_3_MS {
            return Err(BAD_FORMAT);
        }
        if now < end.plus_ms(READY_AFTER_MS) {
            return Err(refusal("20007", "Bill Creating"));
        }
        Ok(Day { start })
    }

    pub(super) fn contains(&self, instant: UnixMillis) -> bool {
        instant >= self.start && instant < self.start.plus_ms(DAY_MS)
    }
}

/// The table, as it is or packed.
pub(super) fn file(call: &Call<'_>, table: String) -> Result<Response, BillRefusal> {
    match call.get("tar_type") {
        None => Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], table).into_response()),
        Some("GZIP") => gzipped(&table),
        Some(_) => Err(BAD_FORMAT),
    }
}

/// A gzip stream as the body itself, not as a content encoding: clients unpack it themselves.
fn gzipped(table: &str) -> Result<Response, BillRefusal> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let packed = encoder
        .write_all(table.as_bytes())
        .and_then(|()| encoder.finish());
    let packed = packed.map_err(|_| refusal("20100", "CompressGZip Error"))?;
    Ok(([(header::CONTENT_TYPE, "application/x-gzip")], packed).into_response())
}

/// Midnight in Beijing of a day written as `yyyyMMdd`.
fn start_of_day(date: &str) -> Option<UnixMillis> {
    let seconds = wechat_checkout_gateway::beijing::parse(&format!("{date}000000")).ok()?;
    let start = UnixMillis(seconds.saturating_mul(1000));
    // A month of 31 days too few would come back as another date.
    (numbers::beijing_second(start).get(..8) == Some(date)).then_some(start)
}
