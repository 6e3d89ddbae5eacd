//! WeChat's error codes, and what kind of answer each one asks for.

use std::fmt;

/// What an error code asks of the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RetryClass {
    /// Perhaps done, perhaps not: repeat with the same numbers, or query.
    Ambiguous,
    /// Too fast: wait a minute at least.
    Throttled,
    /// The wanted state is reached already: query and follow.
    AlreadyDone,
    /// The order number cannot be used (again): query it.
    DeadNumber,
    /// The buyer has to do something; the same order stays payable.
    Buyer,
    /// The merchant's account has to be topped up; then the same refund goes again.
    MerchantFunds,
    /// A mistake in our configuration or program: repeating it never helps.
    Defect,
    /// WeChat knows no such order or refund; right after an unclear call that proves nothing.
    Absent,
    /// People have to look at it.
    Manual,
    /// Undocumented.
    Unknown,
}

/// The call that a code answers: the same code asks for different things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    /// 统一下单.
    UnifiedOrder,
    /// 查询订单.
    OrderQuery,
    /// 关闭订单.
    CloseOrder,
    /// 申请退款.
    Refund,
    /// 查询退款.
    RefundQuery,
}

impl Call {
    /// Every call.
    pub const ALL: [Call; 5] = [
        Call::UnifiedOrder,
        Call::OrderQuery,
        Call::CloseOrder,
        Call::Refund,
        Call::RefundQuery,
    ];

    /// WeChat's name of it, for logs and metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Call::UnifiedOrder => "unifiedorder",
            Call::OrderQuery => "orderquery",
            Call::CloseOrder => "closeorder",
            Call::Refund => "refund",
            Call::RefundQuery => "refundquery",
        }
    }

    pub(crate) const fn path(self) -> &'static str {
        match self {
            Call::UnifiedOrder => "/pay/unifiedorder",
            Call::OrderQuery => "/pay/orderquery",
            Call::CloseOrder => "/pay/closeorder",
            Call::Refund => "/secapi/pay/refund",
            Call::RefundQuery => "/pay/refundquery",
        }
    }
}

macro_rules! error_codes {
    ($($(#[$doc:meta])* $name:ident = $wire:literal, $class:ident;)+) => {
        /// `err_code` of a refused call.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum ErrCode {
            $($(#[$doc])* $name,)+
            /// A code that this build does not know.
            Other(String),
        }

        impl ErrCode {
            /// Every code that has a name here.
            pub const KNOWN: &[ErrCode] = &[$(ErrCode::$name),+];

            /// Reads the wire name.
            #[must_use]
            pub fn parse(text: &str) -> ErrCode {
                match text {
                    $($wire => ErrCode::$name,)+
                    other => ErrCode::Other(other.to_owned()),
                }
            }

            /// The wire name.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(ErrCode::$name => $wire,)+
                    ErrCode::Other(text) => text,
                }
            }

            /// What the code asks of the caller of most calls; [`ErrCode::class_in`] is exact.
            #[must_use]
            pub fn class(&self) -> RetryClass {
                match self {
                    $(ErrCode::$name => RetryClass::$class,)+
                    ErrCode::Other(_) => RetryClass::Unknown,
                }
            }
        }
    };
}

error_codes! {
    /// 系统错误.
    SystemError = "SYSTEMERROR", Ambiguous;
    /// 退款业务流程错误，需要商户触发重试来解决.
    BizErrNeedRetry = "BIZERR_NEED_RETRY", Ambiguous;
    /// 银行系统异常.
    BankError = "BANKERROR", Ambiguous;
    /// 频率限制.
    FrequencyLimited = "FREQUENCY_LIMITED", Throttled;
    /// 频率限制 (the spelling of other calls).
    FreqLimit = "FREQ_LIMIT", Throttled;
    /// 无效请求过多.
    InvalidReqTooMuch = "INVALID_REQ_TOO_MUCH", Throttled;
    /// 商户订单已支付.
    OrderPaid = "ORDERPAID", AlreadyDone;
    /// 订单已关闭: what a close wanted, the end of the number for a create.
    OrderClosed = "ORDERCLOSED", DeadNumber;
    /// 商户订单号重复.
    OutTradeNoUsed = "OUT_TRADE_NO_USED", DeadNumber;
    /// 参数错误 or 订单号重入时参数不一致.
    InvalidRequest = "INVALID_REQUEST", DeadNumber;
    /// 余额不足: the buyer's for an order, the merchant's for a refund.
    NotEnough = "NOTENOUGH", Buyer;
    /// 此交易订单号不存在.
    OrderNotExist = "ORDERNOTEXIST", Absent;
    /// 退款订单查询失败.
    RefundNotExist = "REFUNDNOTEXIST", Absent;
    /// 签名错误.
    SignError = "SIGNERROR", Defect;
    /// XML格式错误.
    XmlFormatError = "XML_FORMAT_ERROR", Defect;
    /// 请使用post方法.
    RequirePostMethod = "REQUIRE_POST_METHOD", Defect;
    /// post数据为空.
    PostDataEmpty = "POST_DATA_EMPTY", Defect;
    /// 编码格式错误.
    NotUtf8 = "NOT_UTF8", Defect;
    /// 缺少参数.
    LackParams = "LACK_PARAMS", Defect;
    /// 参数错误.
    ParamError = "PARAM_ERROR", Defect;
    /// APPID不存在.
    AppidNotExist = "APPID_NOT_EXIST", Defect;
    /// MCHID不存在.
    MchIdNotExist = "MCHID_NOT_EXIST", Defect;
    /// appid和mch_id不匹配.
    AppidMchIdNotMatch = "APPID_MCHID_NOT_MATCH", Defect;
    /// 商户无此接口权限.
    NoAuth = "NOAUTH", Defect;
    /// 证书校验错误.
    CertError = "CERT_ERROR", Defect;
    /// 无效transaction_id.
    InvalidTransactionId = "INVALID_TRANSACTIONID", Defect;
    /// 订单金额或退款金额与之前请求不一致.
    RefundFeeMismatch = "REFUND_FEE_MISMATCH", Defect;
    /// 订单处理中，暂时无法退款.
    OrderNotReady = "ORDER_NOT_READY", Throttled;
    /// 订单状态错误.
    TradeStateError = "TRADE_STATE_ERROR", Manual;
    /// 订单已经超过退款期限.
    TradeOverdue = "TRADE_OVERDUE", Manual;
    /// 业务错误.
    Error = "ERROR", Manual;
    /// 退款请求失败: the buyer's account was closed.
    UserAccountAbnormal = "USER_ACCOUNT_ABNORMAL", Manual;
    /// 订单无法撤销.
    ReverseExpire = "REVERSE_EXPIRE", Manual;
}

impl ErrCode {
    /// What the code asks of the caller, as the answer to this call.
    #[must_use]
    pub fn class_in(&self, call: Call) -> RetryClass {
        match (self, call) {
            (ErrCode::OrderClosed, Call::CloseOrder) => RetryClass::AlreadyDone,
            (ErrCode::NotEnough, Call::Refund) => RetryClass::MerchantFunds,
            // Only an order's number can be re-entered with other parameters.
            (
                ErrCode::InvalidRequest,
                Call::OrderQuery | Call::CloseOrder | Call::Refund | Call::RefundQuery,
            ) => RetryClass::Defect,
            (code, _) => code.class(),
        }
    }
}

impl fmt::Display for ErrCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.as_str() {
            "" => "(no err_code)",
            code => code,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_code_asks_for_different_things_of_different_calls() {
        let class = |code: ErrCode, call| code.class_in(call);
        for (code, call, expected) in [
            (
                ErrCode::OrderClosed,
                Call::CloseOrder,
                RetryClass::AlreadyDone,
            ),
            (
                ErrCode::OrderClosed,
                Call::UnifiedOrder,
                RetryClass::DeadNumber,
            ),
            (ErrCode::NotEnough, Call::UnifiedOrder, RetryClass::Buyer),
            (ErrCode::NotEnough, Call::Refund, RetryClass::MerchantFunds),
            (
                ErrCode::InvalidRequest,
                Call::UnifiedOrder,
                RetryClass::DeadNumber,
            ),
            (ErrCode::InvalidRequest, Call::Refund, RetryClass::Defect),
            (
                ErrCode::SystemError,
                Call::OrderQuery,
                RetryClass::Ambiguous,
            ),
        ] {
            assert_eq!(class(code.clone(), call), expected, "{code} {call:?}");
        }
    }

    #[test]
    fn every_code_reads_back_and_unknown_ones_are_kept() {
        for code in ErrCode::KNOWN {
            assert_eq!(&ErrCode::parse(code.as_str()), code);
            assert_ne!(code.class(), RetryClass::Unknown);
        }
        let unknown = ErrCode::parse("NEW_THING");
        assert_eq!(
            (unknown.as_str(), unknown.class()),
            ("NEW_THING", RetryClass::Unknown)
        );
    }
}
