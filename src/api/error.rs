//! Why a call gave no answer.

use wechat_checkout_protocol::Problem;

use crate::checkout::{Trouble, TroubleKind};

/// A call that gave no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallError {
    /// No server answered: no network, a dead connection, or too slow.
    Unreached,
    /// The server refused.
    Refused {
        /// What it said.
        problem: Box<Problem>,
        /// From `Retry-After`, in milliseconds.
        retry_after_ms: Option<i64>,
    },
    /// Something answered, but not our server: a proxy, or a server between two versions.
    Unreadable {
        /// HTTP status.
        status: u16,
        /// From `Retry-After`, in milliseconds.
        retry_after_ms: Option<i64>,
    },
}

impl CallError {
    /// A sentence for developers.
    #[must_use]
    pub fn developer_text(&self) -> String {
        match self {
            CallError::Unreached => {
                "no answer: the network is down or the server is too slow".into()
            }
            CallError::Refused { problem, .. } => {
                let detail = problem.detail.as_deref().unwrap_or("no detail");
                [
                    &problem.title,
                    " (",
                    detail,
                    "), request ",
                    &problem.request_id,
                ]
                .concat()
            }
            CallError::Unreadable { status, .. } => {
                ["unreadable answer with status ", &status.to_string()].concat()
            }
        }
    }
}

impl From<CallError> for Trouble {
    fn from(error: CallError) -> Trouble {
        match error {
            CallError::Unreached => Trouble::of(TroubleKind::Offline),
            CallError::Refused {
                problem,
                retry_after_ms,
            } => Trouble {
                kind: TroubleKind::of_code(problem.code),
                request_id: Some(problem.request_id),
                retry_after_ms,
            },
            CallError::Unreadable {
                status,
                retry_after_ms,
            } => Trouble {
                kind: kind_of_status(status),
                request_id: None,
                retry_after_ms,
            },
        }
    }
}

/// An answer of somebody in between, such as a gateway's error page. Time-outs, throttling and 5xx
/// pass by themselves.
fn kind_of_status(status: u16) -> TroubleKind {
    match status {
        408 | 429 | 500.. => TroubleKind::Unavailable,
        _ => TroubleKind::Defect,
    }
}
