//! English.

use wechat_checkout_protocol::OrderStatus;

use super::{Moment, Texts};
use crate::checkout::{FailReason, TroubleKind};

/// English.
pub const EN: Texts = Texts {
    language_name: "English",
    shop_title: "Membership",
    order_title: "Checkout",
    my_orders: "My orders",
    back_to_shop: "Back",
    vip_group: "VIP membership",
    voucher_group: "Vouchers",
    best_value: "Best value",
    sold_out: "Sold out",
    stock_left: "{} left",
    price_before: "Was {}",
    vip_until: "VIP until {}",
    vip_none: "You are not a VIP member yet",
    vip_ended: "VIP ended on {}",
    vip_invitation: "Starts immediately; renewals add up",
    vip_renewal: "Renewals add up",
    pay: "Pay {}",
    preparing: "Getting ready…",
    opening_sheet: "Opening WeChat Pay…",
    pay_within: "Please pay within {}",
    minutes_left: "Less than {} min left to pay",
    seconds_left: "Less than 30 seconds left to pay",
    amount: "Amount",
    product: "Item",
    quantity: "Quantity",
    merchant: "Paid to",
    order_number: "Order number",
    ordered_at: "Ordered",
    paid_at: "Paid",
    payment_method: "Payment method",
    wechat_pay: "WeChat Pay",
    valid_until_if_paid: ", valid until {} once you pay",
    days: "{} days",
    validity: "Validity",
    how_to_use: "How to use",
    quantity_less: "One less",
    quantity_more: "One more",
    contact_shop: "contact the shop",
    issuing: "Creating your order…",
    loading: "Loading…",
    no_order_yet: "No order has been placed",
    order_kept: "Your order is kept",
    may_have_paid: "If you have paid, please do not pay again",
    order_safe: "Your order is safe",
    cancelled_title: "Payment not finished",
    cancelled_text: "Your order is kept and can still be paid. If you have paid, this page will update by itself",
    tap_again: "The payment details were renewed. Please tap again",
    confirming_title: "Confirming your payment",
    confirming_text: "You can leave this page; the result is kept in My orders",
    elapsed: "{} seconds so far",
    not_yet_title: "Still confirming your payment",
    not_yet_text: "Please do not pay again. This page will update by itself",
    not_found_title: "No payment found yet",
    not_found_text: "If you have not paid, you can pay now. WeChat takes only one payment for this order",
    wechat_says: "WeChat says: {}",
    wechat_found: "WeChat was asked and says: {}",
    check_again: "Check again",
    checking: "Checking…",
    pay_again: "I have not paid. Pay this order",
    paid_title: "Payment successful",
    delivered: "Delivered",
    activated: "Activated",
    voucher_code: "Voucher code",
    copy: "Copy",
    copied: "Copied",
    copy_failed: "Press and hold to copy",
    done: "Done",
    leave: "Back to the shop",
    failed_title: "The payment did not go through",
    support_code: "Error code",
    expiring_title: "Time is up",
    expiring_text: "The order is being closed. If you have paid, do not pay again; the result appears here",
    closed_title: "Order closed",
    closed_text: "This order can no longer be paid. You were not charged",
    order_again: "Order again",
    late_title: "Your payment arrived after the order was closed",
    late_text: "The money is on its way back: usually 20 minutes to a WeChat balance, 1 to 3 working days to a bank card",
    late_back_text: "The money went back to your payment method; your WeChat Pay bill shows it. If in doubt, contact the shop",
    refunding_title: "Refund under way",
    refunding_text: "The money is on its way back: usually 20 minutes to a WeChat balance, 1 to 3 working days to a bank card",
    refund_stuck_text: "Our staff is completing this refund; the result will appear on this page",
    refunded_title: "Refunded",
    refunded_text: "The money went back to your payment method, and the benefit was withdrawn. Your WeChat Pay bill shows it. If in doubt, contact the shop",
    part_refunding: "{} on its way back",
    part_refunded: "{} refunded",
    rest_voucher: "The other {} is not affected, and the voucher can still be used",
    rest_vip: "The other {} is not affected, and the membership still runs",
    refund_amount: "Refund",
    refund_failed: "Refund being handled",
    review_title: "We are checking this payment",
    review_text: "Please do not pay again. The result will appear on this page",
    retry: "Try again",
    sign_in_again: "Sign in again",
    sign_in_title: "Not signed in",
    sign_in_refused: "WeChat did not finish the sign-in. Please sign in again",
    sign_in_snapshot: "WeChat shows a snapshot of this page. Choose full service at its foot, then sign in again",
    sign_in_expired: "The sign-in link has expired. Please sign in again",
    sign_in_unavailable: "WeChat's sign-in is busy. Please try again later",
    outside_title: "Please open in WeChat",
    update_title: "Please update WeChat",
    outside_text: "Open WeChat on your phone and scan this code to continue",
    outside_hint: "On your phone? Copy the link, send it to any WeChat chat, and open it there",
    copy_link: "Copy link",
    qr_label: "QR code of this page",
    hand_over_title: "Continue in WeChat on your phone",
    hand_over_desktop: "WeChat for desktop may not be able to pay. Scan with WeChat on your phone to continue",
    hand_over_mini_program: "Pages in a mini program cannot take payments. Copy the link, send it to a WeChat chat and open it there, or scan with another phone",
    hand_over_dev_tools: "The developer tools cannot pay. Scan with WeChat on your phone to continue",
    hand_over_wecom: "WeCom cannot make this payment. Scan with WeChat on your phone to continue",
    hand_over_too_old: "This version of WeChat is too old. Please update it",
    hand_over_waiting: "This page will update by itself once you have paid",
    all_orders: "All orders",
    no_orders: "No orders yet",
    my_vouchers: "My vouchers",
    sign_out: "Sign out",
    signed_out: "You are signed out",
    sign_in: "Sign in with WeChat",
    pick: |zh_cn, _, en| en.unwrap_or(zh_cn),
    date: Moment::english_date,
    date_and_time: Moment::english_date_and_time,
    status,
    reason,
    trouble,
};

fn status(status: OrderStatus) -> &'static str {
    match status {
        OrderStatus::Unprocessed => "To pay",
        OrderStatus::AwaitingConfirmation => "Confirming",
        OrderStatus::Confirmed => "Completed",
        OrderStatus::Closed => "Closed",
        OrderStatus::Refunding => "Refunding",
        OrderStatus::Refunded => "Refunded",
    }
}

fn reason(reason: FailReason) -> &'static str {
    match reason {
        FailReason::BridgeMissing => {
            "WeChat did not respond. Please close this page and open it again"
        }
        FailReason::AccessDenied => {
            "WeChat does not allow payment here. Please open the link in a chat"
        }
        FailReason::ClientTooOld => "This version of WeChat cannot pay. Please update it",
        FailReason::TooFrequent => "Too many attempts. Please wait a moment",
        FailReason::NotARealDevice => "The developer tools cannot pay. Please use your phone",
        FailReason::AnotherAccount => "Please pay with the WeChat account that placed the order",
        FailReason::OrderExpired | FailReason::BadPrepay => {
            "WeChat says that this payment has expired. Please try again, or contact the shop"
        }
        FailReason::Misconfigured
        | FailReason::UrlNotRegistered
        | FailReason::MerchantRestricted
        | FailReason::MissingParameter
        | FailReason::WrongAppid
        | FailReason::BadSignature
        | FailReason::WrongScene => "The shop cannot take payments now. Please contact the shop",
        FailReason::AlreadyPaid => "WeChat says that this order is paid. We are checking",
        FailReason::Unexplained => "We are checking this payment with WeChat",
    }
}

fn trouble(kind: TroubleKind) -> (&'static str, &'static str) {
    match kind {
        TroubleKind::Offline => (
            "No network",
            "This page will go on when you are back online",
        ),
        TroubleKind::Unavailable => ("Service busy", "Trying again automatically"),
        TroubleKind::SignIn => ("Your session has ended", "Please sign in again"),
        TroubleKind::SoldOut => ("Sold out", "Please choose something else"),
        TroubleKind::TooManyOpenOrders => (
            "Too many unpaid orders",
            "Pay one of them in My orders, or wait until they close",
        ),
        TroubleKind::NotFound => (
            "Order not found",
            "Please use the WeChat account that placed the order",
        ),
        TroubleKind::NoProduct => (
            "Not available right now",
            "We cannot find this item. Please choose another one",
        ),
        TroubleKind::NotPayable => (
            "This order cannot be paid",
            "See My orders for its current status",
        ),
        TroubleKind::Conflict => ("Please choose again", "The offer has changed"),
        TroubleKind::WechatRefused => (
            "The shop cannot take payments now",
            "Please try again later, or contact the shop",
        ),
        TroubleKind::Defect => (
            "Something went wrong",
            "Please try again later, or contact the shop",
        ),
    }
}
