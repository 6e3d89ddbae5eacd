//! The last calls to the gateway with the verdict on their signatures; secrets are masked.

use std::collections::VecDeque;

use serde::Serialize;
use wechat_checkout_gateway::Params;
use wechat_checkout_protocol::UnixMillis;

/// Older calls are forgotten.
const ENTRIES_MAX: usize = 500;

/// Parameters that prove knowledge of a secret; their values are never kept.
const MASKED: [&str; 4] = ["sign", "key", "secret", "paySign"];

/// What the platform thought of a call's signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SignatureVerdict {
    /// It was made with the merchant's key.
    Valid,
    /// It was not.
    Invalid,
    /// The call was refused before its signature was looked at.
    NotChecked,
}

/// One call to the gateway.
#[derive(Clone, Debug, Serialize)]
pub struct RequestEntry {
    /// Simulated instant of the answer.
    pub at: UnixMillis,
    /// The path.
    pub path: String,
    /// The merchant's number, when the call had one.
    pub out_trade_no: Option<String>,
    /// Whether the signature was right.
    pub signature: SignatureVerdict,
    /// What was answered: `SUCCESS`, an error code, or why no answer was given.
    pub answer: String,
    /// The call's parameters, secrets masked.
    pub params: Vec<(String, String)>,
}

/// The last calls, newest last.
#[derive(Debug, Default)]
pub(crate) struct RequestLog {
    entries: VecDeque<RequestEntry>,
}

impl RequestLog {
    pub(crate) fn add(&mut self, entry: RequestEntry) {
        if self.entries.len() >= ENTRIES_MAX {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &RequestEntry> {
        self.entries.iter()
    }

    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }
}

/// Copies parameters for the log.
pub(crate) fn masked(params: &Params) -> Vec<(String, String)> {
    params
        .iter()
        .map(|(name, value)| {
            let shown = if MASKED.contains(&name) { "…" } else { value };
            (name.to_owned(), shown.to_owned())
        })
        .collect()
}
