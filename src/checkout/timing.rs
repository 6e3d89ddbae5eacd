//! How long the checkout waits for what, in milliseconds.

use super::Trouble;

/// Silence of the bridge, with the page visible, after which the server is asked instead.
///
/// The bridge also stays silent while the buyer types a password, so this only starts the asking;
/// a later answer of the bridge is still heard.
pub const NO_ANSWER_MS: i64 = 20_000;

/// After the page came back to the front with the sheet gone, the bridge gets this long to answer.
pub const RETURNED_MS: i64 = 3_000;

/// How long "confirming" is shown before the page admits that it does not know yet.
///
/// The server asks WeChat at once, after 5 s and after 30 s; the first two answers fit in here.
pub const CONFIRMING_MS: i64 = 30_000;

/// The same after the bridge reported a failure: the buyer waits for an explanation, not for goods.
pub const CONFIRMING_FAIL_MS: i64 = 10_000;

/// After this long in "not yet confirmed", and only if the bridge did not say `ok`, a buyer who says
/// that he has not paid may pay the same order again. By then the server has asked WeChat several
/// times, and WeChat itself never takes a second payment for one order number.
pub const PAY_AGAIN_MS: i64 = 30_000;

/// The same after the bridge reported a failure: the sheet itself said that it took no money, and the
/// server has asked twice by then.
pub const PAY_AGAIN_FAIL_MS: i64 = 5_000;

/// Bridge parameters are signed with a time and a prepay id that lives two hours: renewed before.
pub const BRIDGE_FRESH_MS: i64 = 100 * 60 * 1_000;

/// Retries without the buyer's hand; after that he is asked.
pub const RETRIES_MAX: u32 = 40;

const RETRY_DELAY_MS_MAX: i64 = 15_000;

/// Whoever asks to be left alone for longer is asked all the same: a buyer is waiting.
pub const RETRY_AFTER_MS_MAX: i64 = 5 * 60 * 1_000;

/// Pause before retry number `attempt` (from 0): 1 s, doubling, at most 15 s; longer when the other
/// side asked for it.
///
/// The performer adds jitter, so that a thousand pages do not return in the same instant.
#[must_use]
pub fn retry_delay_ms(attempt: u32, trouble: &Trouble) -> i64 {
    let asked = trouble.retry_after_ms.unwrap_or_default();
    let own = RETRY_DELAY_MS_MAX.min(1_000_i64 << attempt.min(4));
    own.max(asked.min(RETRY_AFTER_MS_MAX))
}
