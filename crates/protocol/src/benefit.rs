//! What a buyer receives for his money.

use serde::{Deserialize, Deserializer, Serialize};

use crate::{OrderId, UnixMillis};

/// One thing delivered by an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Benefit {
    /// Membership, extended by this order.
    Vip {
        /// End of the membership after this order.
        until: UnixMillis,
    },
    /// One voucher.
    Voucher {
        /// The code to show or copy.
        code: String,
    },
}

/// Read by hand: serde's reader for tagged enums buffers the value in a type of its own, which is
/// the largest single piece of code that the page would get from this crate.
impl<'de> Deserialize<'de> for Benefit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Benefit, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "snake_case")]
        enum Kind {
            Vip,
            Voucher,
        }
        #[derive(Deserialize)]
        struct Wire {
            kind: Kind,
            #[serde(default)]
            until: Option<UnixMillis>,
            #[serde(default)]
            code: Option<String>,
        }
        let missing = serde::de::Error::missing_field;
        let wire = Wire::deserialize(deserializer)?;
        match wire.kind {
            Kind::Vip => wire
                .until
                .map(|until| Benefit::Vip { until })
                .ok_or(missing("until")),
            Kind::Voucher => wire
                .code
                .map(|code| Benefit::Voucher { code })
                .ok_or(missing("code")),
        }
    }
}

/// A voucher that the buyer owns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnedVoucher {
    /// The order that bought it.
    pub order_id: OrderId,
    /// Title of the product.
    pub title: String,
    /// The code to show or copy.
    pub code: String,
}

/// Answer of `GET /api/benefits`: what the buyer owns now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BenefitsView {
    /// End of the membership; `None` when the buyer never had one. May lie in the past.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vip_until: Option<UnixMillis>,
    /// Newest first.
    pub vouchers: Vec<OwnedVoucher>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn benefits_read_what_they_write_and_miss_what_is_missing() {
        for benefit in [
            Benefit::Vip {
                until: UnixMillis(7),
            },
            Benefit::Voucher { code: "A-1".into() },
        ] {
            let text = serde_json::to_string(&benefit).expect("writable");
            assert_eq!(
                serde_json::from_str::<Benefit>(&text).expect("readable"),
                benefit
            );
        }
        for bad in [
            r#"{"kind":"vip"}"#,
            r#"{"kind":"voucher","until":7}"#,
            r#"{"kind":"gold"}"#,
        ] {
            assert!(serde_json::from_str::<Benefit>(bad).is_err(), "{bad}");
        }
    }
}
