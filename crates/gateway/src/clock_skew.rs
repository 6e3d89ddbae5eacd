//! How far this machine's clock is from WeChat's, by the `Date` of its answers.
//!
//! A clock that is half an hour slow makes every `time_expire` too short, and nothing in WeChat's
//! refusal says so.

use std::fmt;
use std::time::Duration;

use jiff::fmt::rfc2822;
use reqwest::header::{DATE, HeaderMap};

/// A difference that no network explains, and that WeChat's rules about time can notice.
const SKEW_MS_MAX: i64 = 60_000;

/// `Date` has whole seconds: the truth is half a second around the middle of its own.
const HALF_SECOND_MS: i64 = 500;

/// A difference between two clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockSkew {
    /// So much has to be added to this machine's clock; negative when it is ahead.
    pub behind_ms: i64,
    /// The measurement can be wrong by this much: half the time that the answer took.
    pub uncertainty_ms: i64,
}

impl ClockSkew {
    /// Whether the clock is wrong for certain, and by more than a minute.
    #[must_use]
    pub fn is_beyond_bound(self) -> bool {
        self.behind_ms.saturating_abs() > SKEW_MS_MAX.saturating_add(self.uncertainty_ms)
    }

    /// [`ClockSkew::behind_ms`] in seconds, to the nearest.
    #[must_use]
    pub fn behind_s(self) -> i64 {
        self.behind_ms
            .saturating_add(HALF_SECOND_MS)
            .div_euclid(1_000)
    }

    fn measure(date_s: i64, received_ms: i64, took: Duration) -> ClockSkew {
        let half_way = i64::try_from(took.as_millis() / 2).unwrap_or(i64::MAX);
        let wechat = date_s.saturating_mul(1_000).saturating_add(HALF_SECOND_MS);
        ClockSkew {
            behind_ms: wechat.saturating_sub(received_ms.saturating_sub(half_way)),
            uncertainty_ms: half_way.saturating_add(HALF_SECOND_MS),
        }
    }
}

impl fmt::Display for ClockSkew {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.behind_s().saturating_abs();
        let whole = |unit_s: i64| seconds.saturating_add(unit_s / 2) / unit_s;
        let (amount, unit) = match seconds {
            0..120 => (seconds, "s"),
            120..7_200 => (whole(60), "min"),
            7_200..172_800 => (whole(3_600), "h"),
            _ => (whole(86_400), "days"),
        };
        let side = if self.behind_ms < 0 {
            "ahead of"
        } else {
            "behind"
        };
        write!(
            f,
            "this machine's clock is {amount} {unit} {side} WeChat's: set it (NTP)"
        )
    }
}

/// The difference over all answers.
#[derive(Debug, Default)]
pub(crate) struct Watched {
    last: Option<ClockSkew>,
    /// The difference that the log named last; none when the clocks agreed.
    told: Option<i64>,
}

/// What the log has to say about a new measurement.
#[derive(Debug, PartialEq, Eq)]
enum News {
    Wrong,
    RightAgain,
    None,
}

impl Watched {
    fn take(&mut self, skew: ClockSkew) -> News {
        self.last = Some(skew);
        if !skew.is_beyond_bound() {
            return match self.told.take() {
                Some(_) => News::RightAgain,
                None => News::None,
            };
        }
        // Another difference is news only when it is quite another: a clock that runs away would
        // fill the log.
        let is_news = self.told.is_none_or(|told| {
            let (told_ms, now_ms) = (told.saturating_abs(), skew.behind_ms.saturating_abs());
            told.signum() != skew.behind_ms.signum()
                || now_ms > told_ms.saturating_mul(2)
                || now_ms < told_ms / 2
        });
        if is_news {
            self.told = Some(skew.behind_ms);
            return News::Wrong;
        }
        News::None
    }
}

impl Watched {
    /// The last measurement.
    pub(crate) fn last(&self) -> Option<ClockSkew> {
        self.last
    }

    /// Takes the head of an answer that has just come.
    pub(crate) fn note(
        &mut self,
        host: &str,
        headers: &HeaderMap,
        received_ms: i64,
        took: Duration,
    ) {
        let Some(date_s) = date_of(headers) else {
            return;
        };
        let skew = ClockSkew::measure(date_s, received_ms, took);
        let seconds = i32::try_from(skew.behind_s()).unwrap_or(i32::MAX);
        metrics::gauge!("wechat_clock_skew_seconds", "host" => host.to_owned()).set(seconds);
        match self.take(skew) {
            News::Wrong => tracing::warn!(host, behind_s = skew.behind_s(), "{skew}"),
            News::RightAgain => {
                tracing::info!(host, "this machine's clock agrees with WeChat's again");
            }
            News::None => {}
        }
    }
}

fn date_of(headers: &HeaderMap) -> Option<i64> {
    let text = headers.get(DATE)?.to_str().ok()?;
    let timestamp = rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
    Some(timestamp.as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_S: i64 = 1_700_000_000;

    fn skew(behind_ms: i64, uncertainty_ms: i64) -> ClockSkew {
        ClockSkew {
            behind_ms,
            uncertainty_ms,
        }
    }

    #[test]
    fn a_slow_answer_is_no_skew() {
        for (took_ms, ahead_ms) in [(0, 500), (40_000, 20_500), (8_000, 7_900)] {
            let took = Duration::from_millis(took_ms);
            let found = ClockSkew::measure(NOW_S, NOW_S * 1_000 + ahead_ms, took);
            assert!(!found.is_beyond_bound(), "{found:?}");
        }
        let slow = ClockSkew::measure(NOW_S, (NOW_S - 1_800) * 1_000, Duration::from_secs(8));
        assert_eq!(slow, skew(1_804_500, 4_500));
        assert!(slow.is_beyond_bound());
    }

    #[test]
    fn the_sentence_has_the_amount_and_the_side() {
        for (behind_ms, expected) in [
            (1_800_000, "is 30 min behind"),
            (1_799_600, "is 30 min behind"),
            (1_749_000, "is 29 min behind"),
            (-90_000, "is 90 s ahead of"),
            (28_800_000, "is 8 h behind"),
            (-8_640_000_000, "is 100 days ahead of"),
        ] {
            let sentence = skew(behind_ms, 0).to_string();
            assert!(sentence.contains(expected), "{sentence}");
        }
    }

    #[test]
    fn the_log_hears_of_changes_only() {
        let mut watched = Watched::default();
        for (behind_ms, expected) in [
            (2_000, News::None),
            (1_800_000, News::Wrong),
            (1_801_000, News::None),
            (1_700_000, News::None),
            (4_000_000, News::Wrong),
            (-4_000_000, News::Wrong),
            (-70_000, News::Wrong),
            (500, News::RightAgain),
            (0, News::None),
        ] {
            assert_eq!(watched.take(skew(behind_ms, 500)), expected, "{behind_ms}");
        }
    }

    #[test]
    fn dates_are_read_as_http_writes_them_and_other_text_is_no_date() {
        let date = |text: &'static str| {
            let mut headers = HeaderMap::new();
            let _ = headers.insert(DATE, reqwest::header::HeaderValue::from_static(text));
            date_of(&headers)
        };
        assert_eq!(date("Tue, 14 Nov 2023 22:13:20 GMT"), Some(NOW_S));
        assert_eq!(date("yesterday"), None);
        assert_eq!(date_of(&HeaderMap::new()), None);
    }
}
