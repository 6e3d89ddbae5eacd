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
    pub const ALL: [TroubleKind; 10] = [
        TroubleKind::Offline,
        TroubleKind::Unavailable,
        TroubleKind::SignIn,
        TroubleKind::SoldOut,
        TroubleKind::TooManyOpenOrders,
        TroubleKind::NotFound,
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
            | TroubleKind::NotPayable => Recovery::None,
        }
    }
}

/// Why a payment did not go through, as far as the bridge said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailReason {
    /// `WeixinJSBridge` never appeared.
    BridgeMissing,
    /// The bridge refused this page: a mini-program web-view, or an address that is too long.
    AccessDenied,
    /// The client does not know the call: too old, or not WeChat.
    ClientTooOld,
    /// The bridge asks to slow down.
    TooFrequent,
    /// The parameters were refused: appid, signature, permission or missing data.
    Misconfigured,
    /// WeChat DevTools: no real payment there.
    NotARealDevice,
    /// The page's address is not under a registered payment directory.
    UrlNotRegistered,
    /// Another WeChat account than the one that ordered.
    AnotherAccount,
    /// WeChat says that the order cannot be paid any more.
    OrderExpired,
    /// The merchant may not receive this payment now: permission, restriction or a daily limit.
    MerchantRestricted,
    /// Anything else.
    Unexplained,
}

impl FailReason {
    /// All of them.
    pub const ALL: [FailReason; 11] = [
        FailReason::BridgeMissing,
        FailReason::AccessDenied,
        FailReason::ClientTooOld,
        FailReason::TooFrequent,
        FailReason::Misconfigured,
        FailReason::NotARealDevice,
        FailReason::UrlNotRegistered,
        FailReason::AnotherAccount,
        FailReason::OrderExpired,
        FailReason::MerchantRestricted,
        FailReason::Unexplained,
    ];

    /// Whether the sheet never opened, so that no money can have moved.
    ///
    /// True only for reasons taken from the fixed part of the bridge's answer. Reasons read from its
    /// human sentence choose words and nothing else.
    #[must_use]
    pub fn excludes_payment(self) -> bool {
        match self {
            FailReason::BridgeMissing
            | FailReason::AccessDenied
            | FailReason::ClientTooOld
            | FailReason::TooFrequent
            | FailReason::Misconfigured
            | FailReason::NotARealDevice => true,
            FailReason::UrlNotRegistered
            | FailReason::AnotherAccount
            | FailReason::OrderExpired
            | FailReason::MerchantRestricted
            | FailReason::Unexplained => false,
        }
    }
}

impl FailReason {
    /// What a developer needs to know and do; never shown to buyers.
    #[must_use]
    pub fn developer_text(self) -> &'static str {
        match self {
            FailReason::BridgeMissing => {
                "WeixinJSBridge never appeared: this is not WeChat, or WeChat has not finished \
                 loading its client code; reopen the page from a chat"
            }
            FailReason::AccessDenied => {
                "system:access_denied: web payment is refused in mini-program web-views and for \
                 over-long addresses; hand over to a native page or shorten the address"
            }
            FailReason::ClientTooOld => {
                "system:function_not_exist: this client does not know getBrandWCPayRequest"
            }
            FailReason::TooFrequent => "system:too_frequent: the bridge throttles its callers",
            FailReason::Misconfigured => {
                "the bridge refused the parameters: compare appId with the order's appid, signType \
                 with the order's sign_type, and check the payment directory and JSAPI permission"
            }
            FailReason::NotARealDevice => {
                "offline verifying: the developer tools cannot pay; scan the code with a phone"
            }
            FailReason::UrlNotRegistered => {
                "the page's address is not under a registered payment directory: register its \
                 parent directory, ending in '/', in the merchant platform (iOS judges the address \
                 of the last full page load, Android the present one)"
            }
            FailReason::AnotherAccount => {
                "the paying account differs from the openid of the order: was the link shared?"
            }
            FailReason::OrderExpired => {
                "the prepay id has expired or the order is closed: ask for fresh bridge parameters"
            }
            FailReason::MerchantRestricted => {
                "the merchant account may not take this payment: see the merchant platform"
            }
            FailReason::Unexplained => {
                "the bridge gave a failure that is not in the table; the raw answer follows"
            }
        }
    }
}
