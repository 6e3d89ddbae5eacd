//! Why a call gave no answer.

use wechat_checkout_protocol::Problem;

use crate::checkout::{Trouble, TroubleKind};

/// A call that gave no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallError {
    /// No server answered: no network, a dead connection, or too slow.
    Unreached,
    /// The server refused.
    Refused(Box<Problem>),
    /// Something answered, but not our server: a proxy, or a server between two versions.
    Unreadable {
        /// HTTP status.
        status: u16,
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
            CallError::Refused(problem) => {
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
            CallError::Unreadable { status } => {
                ["unreadable answer with status ", &status.to_string()].concat()
            }
        }
    }
}

impl From<CallError> for Trouble {
    fn from(error: CallError) -> Trouble {
        match error {
            CallError::Unreached => Trouble {
                kind: TroubleKind::Offline,
                request_id: None,
            },
            CallError::Refused(problem) => Trouble {
                kind: TroubleKind::of_code(problem.code),
                request_id: Some(problem.request_id),
            },
            // A gateway's own error page: 502, 503 and 504 pass by themselves.
            CallError::Unreadable { status } if status >= 500 => Trouble {
                kind: TroubleKind::Unavailable,
                request_id: None,
            },
            CallError::Unreadable { .. } => Trouble {
                kind: TroubleKind::Defect,
                request_id: None,
            },
        }
    }
}
