//! When a notification that nobody acknowledged is sent again.

/// WeChat's published delays between attempts: 15s/15s/30s/3m/10m/20m/30m/30m/30m/60m/3h/3h/3h/6h/6h.
const DELAYS_S: [i64; 15] = [
    15, 15, 30, 180, 600, 1_200, 1_800, 1_800, 1_800, 3_600, 10_800, 10_800, 10_800, 21_600, 21_600,
];

/// Milliseconds from the first attempt to the attempt after so many; `None` when WeChat gives up.
pub(crate) fn offset_ms(attempts_made: usize) -> Option<i64> {
    let delays = DELAYS_S.get(..attempts_made)?;
    Some(delays.iter().sum::<i64>() * 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_attempts_end_a_day_and_four_minutes_after_the_first() {
        let offsets: Vec<i64> = (0..).map_while(offset_ms).map(|ms| ms / 1000).collect();
        let published = [
            0, 15, 30, 60, 240, 840, 2040, 3840, 5640, 7440, 11040, 21840, 32640, 43440, 65040,
            86640,
        ];
        assert_eq!(offsets, published);
    }
}
