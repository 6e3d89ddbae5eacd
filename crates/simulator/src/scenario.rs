//! Scenarios: what goes wrong, by one name in links, on the command line, over HTTP and in tests.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! scenarios {
    ($($(#[$doc:meta])* $variant:ident, $name:literal, $summary:literal;)+) => {
        /// One way in which a payment can go.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub enum Scenario {
            $($(#[$doc])* #[doc = $summary] $variant,)+
        }

        impl Scenario {
            /// Every scenario, in the order in which they are listed for people.
            pub const ALL: &'static [Scenario] = &[$(Scenario::$variant),+];

            /// The one name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Scenario::$variant => $name),+ }
            }

            /// One sentence: what happens.
            #[must_use]
            pub const fn summary(self) -> &'static str {
                match self { $(Scenario::$variant => $summary),+ }
            }
        }
    };
}

scenarios! {
    #[default]
    Pay, "pay", "The buyer decides in the sheet; a payment is answered with ok and notified a moment later.";
    Cancel, "cancel", "Whatever the buyer taps, the sheet answers cancel and nothing is paid.";
    CancelThenOk, "cancel-then-ok", "The payment succeeds; the bridge calls the page back with cancel, and a second later with ok.";
    PaidButCancel, "paid-but-cancel", "The payment succeeds and is notified, but the sheet answers cancel.";
    Fail, "fail", "The green button ends in an error of the cashier and nothing is paid.";
    SilentBridge, "silent-bridge", "The payment succeeds and is notified, but the bridge never answers the page.";
    NoBridge, "no-bridge", "The user agent is WeChat's, but WeixinJSBridge never appears.";
    OutsideWechat, "outside-wechat", "Nothing is injected: the page sees an ordinary browser.";
    NotifyFirst, "notify-first", "The notification is delivered and answered before the bridge answers.";
    NotifyLate, "notify-late", "The first notification comes twenty seconds after the payment.";
    NotifyLost, "notify-lost", "No notification is ever sent; only a query finds the payment.";
    NotifyTwice, "notify-twice", "The same notification arrives twice at once, each with its own retries.";
    NotifyStorm, "notify-storm", "The same notification arrives twenty times at once.";
    NotifyReordered, "notify-reordered", "The notification is overtaken by that of the next payment or refund, or comes after a minute.";
    NotifyForged, "notify-forged", "Forged notifications (foreign key, no signature, changed amount) come three seconds before the true one.";
    Coupon, "coupon", "Two coupons pay a part: cash_fee is less than total_fee, and refunds are split.";
    WrongAmount, "wrong-amount", "WeChat reports, in notification and query alike, that one fen was paid.";
    WrongMerchant, "wrong-merchant", "A well-signed notification of another merchant comes three seconds before the true one.";
    SignatureProbe, "signature-probe", "A probe with a broken signature and one with an XML entity come three seconds before the true one.";
    GatewayDown, "gateway-down", "The gateway drops every connection without an answer.";
    GatewaySlow, "gateway-slow", "The gateway carries every call out at once and answers after eight seconds.";
    SystemError, "system-error", "The first call of each kind about an order answers SYSTEMERROR although it was carried out.";
    PrepayExpired, "prepay-expired", "The pay sheet refuses the prepay_id as expired.";
    CloseRace, "close-race", "The buyer pays in the very moment in which the merchant closes: close answers ORDERPAID.";
    PaidAfterClose, "paid-after-close", "The order is closed, and ten seconds later WeChat reports that it was paid.";
    RefundAbnormal, "refund-abnormal", "A refund ends as CHANGE: the buyer's bank does not take the money back.";
    RefundNotEnough, "refund-not-enough", "A refund is refused with NOTENOUGH: the merchant's account is empty.";
    OtherPayer, "other-payer", "Another account than the orderer's opens the pay sheet.";
    UrlNotRegistered, "url-not-registered", "The pay sheet refuses the page's address as not registered.";
    Devtools, "devtools", "The page runs in WeChat's developer tools, which cannot pay.";
    MiniProgram, "mini-program", "The page runs in a mini program's web-view, where payment is refused.";
}

/// No scenario has this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such scenario; `wechat-checkout-simulator scenarios` lists them")]
pub struct UnknownScenario;

impl FromStr for Scenario {
    type Err = UnknownScenario;

    fn from_str(name: &str) -> Result<Scenario, UnknownScenario> {
        Scenario::ALL
            .iter()
            .copied()
            .find(|scenario| scenario.name() == name)
            .ok_or(UnknownScenario)
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Serialize for Scenario {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Scenario {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Scenario, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_lead_back_to_their_scenario() {
        for scenario in Scenario::ALL {
            assert_eq!(scenario.name().parse(), Ok(*scenario));
        }
        assert_eq!("Pay".parse::<Scenario>(), Err(UnknownScenario));
    }
}
