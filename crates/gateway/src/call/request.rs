//! Limits that are checked before a request is signed, so that no call is wasted on them.

use std::ops::RangeInclusive;

use wechat_checkout_protocol::Fen;

use crate::Params;
use crate::xml::is_xml_text;

/// A request that WeChat would refuse.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidRequest {
    /// Needed for this call, or for this trade type.
    #[error("{name} is missing")]
    Missing {
        /// Wire name.
        name: &'static str,
    },
    /// Limits count UTF-8 bytes: 42 Chinese characters fill 127.
    #[error("{name} has {bytes} bytes, the limit is {bytes_max}")]
    TooLong {
        /// Wire name.
        name: &'static str,
        /// Bytes found.
        bytes: usize,
        /// Bytes allowed.
        bytes_max: usize,
    },
    /// 6 to 32 characters of `[0-9A-Za-z_-|*]`.
    #[error("{name} is not 6 to 32 characters of 0-9 A-Z a-z _ - | *")]
    BadNumber {
        /// Wire name.
        name: &'static str,
    },
    /// Only placing is strict about the form: orders of other days and programs have numbers that
    /// WeChat would not take today.
    #[error("{name} is not 1 to 32 characters of 0-9 A-Z a-z _ - | * @")]
    BadKnownNumber {
        /// Wire name.
        name: &'static str,
    },
    /// 1 to 64 characters of `[0-9A-Za-z_-|*@]`.
    #[error("out_refund_no is not 1 to 64 characters of 0-9 A-Z a-z _ - | * @")]
    BadRefundNumber,
    /// More cannot go back than was paid.
    #[error("refund_fee is more than total_fee")]
    RefundAboveTotal,
    /// The call needs the merchant's API certificate; WeChat would answer with a TLS error.
    #[error("call needs the merchant certificate, and none is configured")]
    NoCertificate,
    /// The merchant certificate has expired, or the clock of this machine is wrong.
    #[error(
        "merchant certificate is valid from {} to {} only (Beijing time): make a new one in the \
         merchant platform",
        crate::beijing::format_dashed(*.not_before),
        crate::beijing::format_dashed(*.not_after)
    )]
    CertificateNotValid {
        /// Unix seconds.
        not_before: i64,
        /// Unix seconds.
        not_after: i64,
    },
    /// Not `yyyyMMdd`.
    #[error("bill_date is not a date of 8 digits")]
    BadDate,
    /// Nothing can be paid.
    #[error("{name} is zero")]
    ZeroAmount {
        /// Wire name.
        name: &'static str,
    },
    /// WeChat calls http(s) addresses only, and never with a query or a login.
    #[error("{name} must be an http(s) address without query, fragment and login")]
    BadNotifyUrl {
        /// Wire name.
        name: &'static str,
    },
    /// Not `yyyyMMddHHmmss`.
    #[error("{name} is not a Beijing time of 14 digits")]
    BadTime {
        /// Wire name.
        name: &'static str,
    },
    /// Less than a minute between `time_start` and `time_expire`. A server that reckons in UTC
    /// sends a time that is eight hours old: use [`crate::beijing::format`].
    #[error("time_expire is not a minute after time_start")]
    ExpiresTooSoon,
    /// A field of a few known values has another one.
    #[error("{name} is not {wanted}")]
    BadValue {
        /// Wire name.
        name: &'static str,
        /// The values that it can have.
        wanted: &'static str,
    },
    /// Not JSON, although the field is.
    #[error("{name} is not JSON")]
    NotJson {
        /// Wire name.
        name: &'static str,
    },
    /// NUL or another character that XML cannot carry.
    #[error("{name} contains a character that XML cannot carry")]
    ForbiddenCharacter {
        /// Wire name.
        name: &'static str,
    },
}

/// Collects the parameters of a request, checking each.
#[derive(Default)]
pub(crate) struct Request {
    params: Params,
}

impl Request {
    pub(crate) fn text(
        mut self,
        name: &'static str,
        value: &str,
        bytes_max: usize,
    ) -> Result<Request, InvalidRequest> {
        if value.is_empty() {
            return Err(InvalidRequest::Missing { name });
        }
        if value.len() > bytes_max {
            return Err(InvalidRequest::TooLong {
                name,
                bytes: value.len(),
                bytes_max,
            });
        }
        if !is_xml_text(value) {
            return Err(InvalidRequest::ForbiddenCharacter { name });
        }
        self.params.set(name, value);
        Ok(self)
    }

    pub(crate) fn optional(
        self,
        name: &'static str,
        value: Option<&str>,
        bytes_max: usize,
    ) -> Result<Request, InvalidRequest> {
        match value {
            Some(value) => self.text(name, value, bytes_max),
            None => Ok(self),
        }
    }

    /// Text that is sent exactly as given: JSON that is written anew has another signature.
    pub(crate) fn json(
        self,
        name: &'static str,
        value: Option<&str>,
        bytes_max: usize,
    ) -> Result<Request, InvalidRequest> {
        let request = self.optional(name, value, bytes_max)?;
        match value.map(serde_json::from_str::<serde::de::IgnoredAny>) {
            Some(Err(_)) => Err(InvalidRequest::NotJson { name }),
            Some(Ok(_)) | None => Ok(request),
        }
    }

    /// One of a few values, which `wanted` names for people.
    pub(crate) fn one_of(
        self,
        name: &'static str,
        value: Option<&str>,
        values: &[&str],
        wanted: &'static str,
    ) -> Result<Request, InvalidRequest> {
        match value {
            Some(value) if !values.contains(&value) => {
                Err(InvalidRequest::BadValue { name, wanted })
            }
            value => self.optional(name, value, 32),
        }
    }

    pub(crate) fn amount(
        mut self,
        name: &'static str,
        fen: Fen,
    ) -> Result<Request, InvalidRequest> {
        if fen == Fen::ZERO {
            return Err(InvalidRequest::ZeroAmount { name });
        }
        self.params.set(name, fen.get().to_string());
        Ok(self)
    }

    /// The number of an order that is to be placed.
    pub(crate) fn out_trade_no(self, value: &str) -> Result<Request, InvalidRequest> {
        let name = "out_trade_no";
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-|*".contains(&byte);
        if !(6..=32).contains(&value.len()) || !value.bytes().all(is_allowed) {
            return Err(InvalidRequest::BadNumber { name });
        }
        self.text(name, value, 32)
    }

    /// The number of an order that was placed, by whatever program.
    pub(crate) fn known_out_trade_no(self, value: &str) -> Result<Request, InvalidRequest> {
        let name = "out_trade_no";
        if !is_number_of(1..=32, value) {
            return Err(InvalidRequest::BadKnownNumber { name });
        }
        self.text(name, value, 32)
    }

    pub(crate) fn out_refund_no(self, value: &str) -> Result<Request, InvalidRequest> {
        if !is_number_of(1..=64, value) {
            return Err(InvalidRequest::BadRefundNumber);
        }
        self.text("out_refund_no", value, 64)
    }

    pub(crate) fn notify_url(self, url: &url::Url) -> Result<Request, InvalidRequest> {
        let name = "notify_url";
        let is_http = matches!(url.scheme(), "http" | "https");
        let has_login = !url.username().is_empty() || url.password().is_some();
        if !is_http || has_login || url.query().is_some() || url.fragment().is_some() {
            return Err(InvalidRequest::BadNotifyUrl { name });
        }
        self.text(name, url.as_str(), 256)
    }

    pub(crate) fn time(
        self,
        name: &'static str,
        value: Option<&str>,
    ) -> Result<Request, InvalidRequest> {
        if value.is_some_and(|time| crate::beijing::parse(time).is_err()) {
            return Err(InvalidRequest::BadTime { name });
        }
        self.optional(name, value, 14)
    }

    pub(crate) fn into_params(self) -> Params {
        self.params
    }
}

/// The widest alphabet that WeChat has had for merchants' numbers.
fn is_number_of(bytes: RangeInclusive<usize>, text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-|*@".contains(&byte);
    bytes.contains(&text.len()) && text.bytes().all(is_allowed)
}
