//! WeChat's JavaScript bridge: asking it to open the pay sheet, and understanding what it says.

mod outcome;
mod weixin;
mod words;

pub use outcome::{Judgement, judge};
pub use weixin::{Answer, BRIDGE_WAIT_MS, PendingSheet, open_sheet};
pub use words::safe_words;
