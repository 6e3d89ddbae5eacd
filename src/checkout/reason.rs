//! Why a payment did not go through, as far as the bridge said.

/// The reasons that the page can tell apart.
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
    /// The prepay id is unusable: WeChat calls it a missing `total_fee`.
    BadPrepay,
    /// A parameter is missing.
    MissingParameter,
    /// The appid is not the order's.
    WrongAppid,
    /// The parameters' signature does not fit them.
    BadSignature,
    /// The order was placed for another trade type than `JSAPI`.
    WrongScene,
    /// WeChat says that the order is paid already.
    AlreadyPaid,
    /// Anything else.
    Unexplained,
}

impl FailReason {
    /// All of them.
    pub const ALL: [FailReason; 17] = [
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
        FailReason::BadPrepay,
        FailReason::MissingParameter,
        FailReason::WrongAppid,
        FailReason::BadSignature,
        FailReason::WrongScene,
        FailReason::AlreadyPaid,
        FailReason::Unexplained,
    ];

    /// Whether WeChat refused before it showed the sheet: the buyer may try again at once.
    ///
    /// Most of these are read from WeChat's sentence for people, which may change any day. So they are
    /// no evidence: no words deny a charge because of them, and the server asks WeChat all the same.
    /// A second try is harmless in any case, since WeChat takes one payment for one order number.
    #[must_use]
    pub fn precedes_sheet(self) -> bool {
        !matches!(self, FailReason::AlreadyPaid | FailReason::Unexplained)
    }

    /// Whether other bridge parameters may help: those in hand are too old, or were signed before the
    /// shop changed.
    #[must_use]
    pub fn wants_new_parameters(self) -> bool {
        matches!(
            self,
            FailReason::Misconfigured
                | FailReason::OrderExpired
                | FailReason::BadPrepay
                | FailReason::MissingParameter
                | FailReason::WrongAppid
                | FailReason::BadSignature
                | FailReason::WrongScene
        )
    }

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
            FailReason::BadPrepay => {
                "not about total_fee: the prepay_id is empty, older than two hours, or of another \
                 appid; package must read prepay_id=…"
            }
            FailReason::MissingParameter => {
                "a parameter is absent, empty or no string: appId, timeStamp, nonceStr, package, \
                 signType and paySign, spelt so, all strings"
            }
            FailReason::WrongAppid => {
                "appId is not the order's, or not bound to the merchant number: compare it with \
                 unifiedorder's"
            }
            FailReason::BadSignature => {
                "paySign does not fit: sign appId, timeStamp, nonceStr, package and signType with \
                 the order's API key and sign type, and send what was signed"
            }
            FailReason::WrongScene => {
                "the prepay_id is of another trade type: place the order with trade_type JSAPI"
            }
            FailReason::AlreadyPaid => {
                "WeChat takes one payment for one order number: the server is asked for the order"
            }
            FailReason::Unexplained => {
                "the bridge gave a failure that is not in the table; the raw answer follows"
            }
        }
    }
}
