//! What an operator does about a refund that WeChat does not carry out.

use wechat_checkout_gateway::{ErrCode, advice};

use crate::store::RefundRecord;

/// What to do about a [`RefundRecord::hindrance`], where that is known.
#[must_use]
pub fn refund_advice(hindrance: &str) -> Option<&'static str> {
    if hindrance == RefundRecord::ABNORMAL {
        return Some(
            "The buyer's bank does not take the money (退款异常): complete the refund in the merchant \
             platform; WeChat then says so here.",
        );
    }
    match ErrCode::parse(hindrance) {
        ErrCode::NotEnough => Some(
            "The merchant account has too little money (商户余额不足): top it up in the merchant \
             platform. The same number is then sent again, by itself within two hours, or at once when \
             the refund is asked for again.",
        ),
        code => advice::of_code(&code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_merchant_account_is_topped_up_and_the_same_number_sent_again() {
        let words = refund_advice("NOTENOUGH").expect("advice");
        assert!(words.contains("top it up") && words.contains("same number"));
        assert!(refund_advice("TRADE_OVERDUE").is_some());
        assert!(refund_advice(RefundRecord::ABNORMAL).is_some());
        assert_eq!(refund_advice("SOMETHING_NEW"), None);
    }
}
