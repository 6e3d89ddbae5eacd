//! WeChat's clock: Beijing time (UTC+8, no summer time), whatever zone the server runs in.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

const OFFSET: Offset = Offset::constant(8);

/// The text is not a time in the wanted form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a Beijing time of the expected form")]
pub struct BeijingTimeError;

/// `yyyyMMddHHmmss`, the form of `time_start`, `time_expire` and `time_end`.
///
/// ```
/// use wechat_checkout_gateway::beijing;
///
/// // Midnight in London, 2014-11-11: the example of the official documentation.
/// assert_eq!(beijing::format(1_415_664_000), "20141111080000");
/// assert_eq!(beijing::parse("20141111080000"), Ok(1_415_664_000));
/// ```
///
/// Instants outside the years 1 to 9999 are moved to the nearest end of that range.
#[must_use]
pub fn format(unix_seconds: i64) -> String {
    at(unix_seconds).strftime("%Y%m%d%H%M%S").to_string()
}

/// `yyyy-MM-dd HH:mm:ss`, the form of refund times and bills.
#[must_use]
pub fn format_dashed(unix_seconds: i64) -> String {
    at(unix_seconds).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// Reads `yyyyMMddHHmmss` into Unix seconds.
///
/// # Errors
/// When the text is not exactly 14 digits of an existing instant.
pub fn parse(text: &str) -> Result<i64, BeijingTimeError> {
    if text.len() != 14 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(BeijingTimeError);
    }
    parse_as("%Y%m%d%H%M%S", text)
}

/// Reads `yyyy-MM-dd HH:mm:ss` into Unix seconds.
///
/// # Errors
/// When the text does not have exactly that form or names no instant.
pub fn parse_dashed(text: &str) -> Result<i64, BeijingTimeError> {
    if text.len() != 19 {
        return Err(BeijingTimeError);
    }
    parse_as("%Y-%m-%d %H:%M:%S", text)
}

fn parse_as(form: &str, text: &str) -> Result<i64, BeijingTimeError> {
    let local = DateTime::strptime(form, text).map_err(|_| BeijingTimeError)?;
    let instant = OFFSET.to_timestamp(local).map_err(|_| BeijingTimeError)?;
    Ok(instant.as_second())
}

fn at(unix_seconds: i64) -> DateTime {
    // 0001-01-02 and 9999-12-30 in UTC: a day of room, so that the offset cannot leave the range.
    let seconds = unix_seconds.clamp(-62_135_510_400, 253_402_128_000);
    let instant = Timestamp::from_second(seconds).expect("clamped into the range");
    TimeZone::fixed(OFFSET).to_datetime(instant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_round_trip() {
        for seconds in [0, 1_415_664_000, 1_700_000_001, 4_102_444_799] {
            assert_eq!(parse(&format(seconds)), Ok(seconds));
            assert_eq!(parse_dashed(&format_dashed(seconds)), Ok(seconds));
        }
        assert_eq!(parse_dashed("2017-11-25 15:36:17"), Ok(1_511_595_377));
        assert_eq!(format(i64::MAX).len(), 14);
        assert_eq!(format(i64::MIN).len(), 14);
    }

    #[test]
    fn other_forms_are_refused() {
        for bad in [
            "",
            "2014111108000",
            "201411110800000",
            "20141311080000",
            "20141111240000",
            "2014-11-11 08:00",
            "２０１４",
        ] {
            assert_eq!(parse(bad), Err(BeijingTimeError), "{bad:?}");
        }
        for bad in [
            "2017-11-25T15:36:17",
            "2017-02-30 00:00:00",
            "20171125153617",
        ] {
            assert_eq!(parse_dashed(bad), Err(BeijingTimeError), "{bad:?}");
        }
    }
}
