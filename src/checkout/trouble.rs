//! What can go wrong, sorted by what the buyer can do about it.

use wechat_checkout_protocol::ErrorCode;

/// A call that did not give what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Selects the buyer's words.
    pub kind: TroubleKind,
    /// Finds the request in the server's log; `None` when no server answered.
    pub request_id: Option<String>,
    /// How long the other side asked to be left alone, in milliseconds; `None` when it did not say.
    pub retry_after_ms: Option<i64>,
}

impl Trouble {
    /// One of which nothing more is known.
    #[must_use]
    pub fn of(kind: TroubleKind) -> Trouble {
        Trouble {
            kind,
            request_id: None,
            retry_after_ms: None,
        }
    }
}

/// The kinds of trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TroubleKind {
    /// Nobody answered: no network, or a time-out.
    Offline,
    /// The server, or WeChat behind it, cannot answer now.
    Unavailable,
    /// The session ended.
    SignIn,
    /// Nothing left of the product.
    SoldOut,
    /// The buyer has too many unpaid orders.
    TooManyOpenOrders,
    /// No such order of this buyer.
    NotFound,
    /// No such product in the catalogue.
    NoProduct,
    /// The order cannot be paid any more.
    NotPayable,
    /// The stored idempotency key belongs to another order.
    Conflict,
    /// WeChat refused to take the order.
    WechatRefused,
    /// A defect, on either side.
    Defect,
}

/// What happens next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recovery {
    /// The page tries again by itself.
    Automatic,
    /// The buyer signs in again.
    SignIn,
    /// The buyer may try again.
    ByHand,
    /// Trying again would give the same answer.
    None,
}

impl TroubleKind {
    /// All of them.
    pub const ALL: [TroubleKind; 11] = [
        TroubleKind::Offline,
        TroubleKind::Unavailable,
        TroubleKind::SignIn,
        TroubleKind::SoldOut,
        TroubleKind::TooManyOpenOrders,
        TroubleKind::NotFound,
        TroubleKind::NoProduct,
        TroubleKind::NotPayable,
        TroubleKind::Conflict,
        TroubleKind::WechatRefused,
        TroubleKind::Defect,
    ];

    /// Sorts a refusal of the server.
    #[must_use]
    pub fn of_code(code: ErrorCode) -> TroubleKind {
        match code {
            ErrorCode::SignInRequired => TroubleKind::SignIn,
            ErrorCode::NotFound => TroubleKind::NotFound,
            ErrorCode::IdempotencyConflict => TroubleKind::Conflict,
            ErrorCode::SoldOut => TroubleKind::SoldOut,
            ErrorCode::TooManyOpenOrders => TroubleKind::TooManyOpenOrders,
            ErrorCode::OrderNotPayable => TroubleKind::NotPayable,
            ErrorCode::WechatRefused => TroubleKind::WechatRefused,
            ErrorCode::TooManyRequests
            | ErrorCode::WechatUnavailable
            | ErrorCode::Unavailable => TroubleKind::Unavailable,
            ErrorCode::BadRequest
            | ErrorCode::MethodNotAllowed
            | ErrorCode::BodyTooLarge
            | ErrorCode::UnsupportedMediaType
            | ErrorCode::ForeignOrigin
            | ErrorCode::Internal
            | ErrorCode::Unrecognised
            // The set may grow; an unknown member is treated like an unknown wire name.
            | _ => TroubleKind::Defect,
        }
    }

    /// What happens next.
    #[must_use]
    pub fn recovery(self) -> Recovery {
        match self {
            TroubleKind::Offline | TroubleKind::Unavailable => Recovery::Automatic,
            TroubleKind::SignIn => Recovery::SignIn,
            TroubleKind::Conflict | TroubleKind::WechatRefused | TroubleKind::Defect => {
                Recovery::ByHand
            }
            TroubleKind::SoldOut
            | TroubleKind::TooManyOpenOrders
            | TroubleKind::NotFound
            | TroubleKind::NoProduct
            | TroubleKind::NotPayable => Recovery::None,
        }
    }
}
