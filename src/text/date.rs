//! Moments on the calendar of the shop: Beijing time, whatever the phone is set to.

use wechat_checkout_protocol::UnixMillis;

/// A minute in Beijing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Year.
    pub year: i64,
    /// 1 to 12.
    pub month: i64,
    /// 1 to 31.
    pub day: i64,
    /// 0 to 23.
    pub hour: i64,
    /// 0 to 59.
    pub minute: i64,
}

impl Moment {
    /// The minute of an instant. Days are counted in 400-year eras that start in March, so that
    /// the leap day comes last.
    #[must_use]
    pub fn of(instant: UnixMillis) -> Moment {
        const BEIJING_OFFSET_S: i64 = 8 * 3_600;
        let seconds = instant.0.div_euclid(1_000) + BEIJING_OFFSET_S;
        let (days, second_of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        let days = days + 719_468;
        let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * day_of_year + 2) / 153;
        let month = if march_month < 10 {
            march_month + 3
        } else {
            march_month - 9
        };
        Moment {
            year: era * 400 + year_of_era + i64::from(month <= 2),
            month,
            day: day_of_year - (153 * march_month + 2) / 5 + 1,
            hour: second_of_day / 3_600,
            minute: second_of_day / 60 % 60,
        }
    }

    /// `2027年1月1日`, the same in both kinds of Chinese.
    pub(super) fn chinese_date(self) -> String {
        let [year, month, day] = [self.year, self.month, self.day].map(|n| n.to_string());
        [&year, "年", &month, "月", &day, "日"].concat()
    }

    /// `2027年1月1日 09:05`.
    pub(super) fn chinese_date_and_time(self) -> String {
        [&self.chinese_date(), " ", &self.time_of_day()].concat()
    }

    /// `1 January 2027`.
    pub(super) fn english_date(self) -> String {
        const MONTHS: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        let month = usize::try_from(self.month - 1)
            .ok()
            .and_then(|index| MONTHS.get(index));
        let [day, year] = [self.day, self.year].map(|n| n.to_string());
        [&day, " ", month.copied().unwrap_or_default(), " ", &year].concat()
    }

    /// `1 January 2027, 09:05`.
    pub(super) fn english_date_and_time(self) -> String {
        [&self.english_date(), ", ", &self.time_of_day()].concat()
    }

    fn time_of_day(self) -> String {
        [&two_digits(self.hour), ":", &two_digits(self.minute)].concat()
    }
}

/// `7` as `07`.
pub(crate) fn two_digits(number: i64) -> String {
    let digits = number.to_string();
    if digits.len() < 2 {
        ["0", &digits].concat()
    } else {
        digits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_instants_fall_on_their_beijing_dates() {
        for (ms, year, month, day, hour, minute) in [
            (0, 1970, 1, 1, 8, 0),
            (1_709_136_000_000, 2024, 2, 29, 0, 0),
            (1_798_732_799_000, 2026, 12, 31, 23, 59),
            (1_798_732_800_000, 2027, 1, 1, 0, 0),
            (951_753_600_000, 2000, 2, 29, 0, 0),
        ] {
            let expected = Moment {
                year,
                month,
                day,
                hour,
                minute,
            };
            assert_eq!(Moment::of(UnixMillis(ms)), expected, "{ms}");
        }
    }
}
