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
    choose: "Choose a plan",
    vip_group: "VIP membership",
    voucher_group: "Vouchers",
    best_value: "Best value",
    sold_out: "Sold out",
    stock_left: "{} left",
    price_before: "Was {}",
    vip_until: "VIP until {}",
    vip_none: "You are not a VIP yet",
    vip_ended: "VIP ended on {}",
    vip_invitation: "Starts at once; renewals add up",
    vip_renewal: "Renewals add up",
    pay: "Pay {}",
    preparing: "Getting ready…",
    opening_sheet: "Opening WeChat Pay…",
    pay_within: "Please pay within {}",
    minutes_left: "{} minutes left to pay",
    seconds_left: "30 seconds left to pay",
    amount: "Amount",
    product: "Item",
    quantity: "Quantity",
    merchant: "Paid to",
    order_number: "Order number",
    ordered_at: "Ordered",
    paid_at: "Paid",
    paid_through_wechat: "WeChat Pay takes the payment; its confirmation decides",
    issuing: "Creating your order…",
    loading: "Loading…",
    cancelled_title: "Payment not finished",
    cancelled_text: "Your order is kept; you can pay it any time",
    tap_again: "The payment was renewed; please tap once more",
    confirming_title: "Confirming your payment",
    confirming_text: "You can leave this page; the result is kept in My orders",
    elapsed: "{} seconds so far",
    not_yet_title: "No confirmation from WeChat yet",
    not_yet_text: "Please do not pay again. If you have paid, this page will update by itself",
    check_again: "Check again",
    checking: "Checking…",
    pay_again: "I have not paid: pay this order",
    paid_title: "Payment successful",
    delivered: "Delivered",
    voucher_code: "Voucher code",
    copy: "Copy",
    copied: "Copied",
    copy_failed: "Press and hold to copy",
    done: "Done",
    leave: "Back to the shop",
    failed_title: "The payment did not go through",
    support_code: "Support code",
    expiring_title: "Time is up",
    expiring_text: "The order is being closed",
    closed_title: "Order closed",
    closed_text: "This order can no longer be paid; you were not charged",
    order_again: "Order again",
    late_title: "Your payment arrived after the order was closed",
    late_text: "It was sent back the way it came; your bank decides when it arrives",
    refunding_title: "Refund under way",
    refunding_text: "The money is going back the way it came",
    refund_stuck_text: "Our staff is completing this refund; the result will appear on this page",
    refunded_title: "Refunded",
    refunded_text: "The money went back the way it came, and the benefit was withdrawn",
    review_title: "We are checking this payment",
    review_text: "Please do not pay again. The result will appear on this page",
    retry: "Try again",
    sign_in_again: "Sign in again",
    outside_title: "Please open in WeChat",
    outside_text: "Open WeChat on your phone and scan this code to go on",
    outside_hint: "On your phone? Copy the link, send it to any WeChat chat and open it there",
    copy_link: "Copy link",
    qr_label: "QR code of this page",
    hand_over_title: "Continue in WeChat on your phone",
    hand_over_desktop: "WeChat for desktop may not be able to pay. Scan with WeChat on your phone",
    hand_over_mini_program: "Pages inside a mini-program cannot pay. Scan or copy the link into WeChat",
    hand_over_dev_tools: "The developer tools cannot really pay. Scan with WeChat on your phone",
    hand_over_wecom: "WeCom cannot make this payment. Scan with WeChat on your phone",
    hand_over_too_old: "This version of WeChat is too old; please update it",
    hand_over_waiting: "This page updates by itself once you have paid",
    all_orders: "All orders",
    no_orders: "No orders yet",
    my_vouchers: "My vouchers",
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
        FailReason::BridgeMissing => "WeChat did not answer; close this page and open it again",
        FailReason::AccessDenied => "WeChat does not allow payment here; open the link in a chat",
        FailReason::ClientTooOld => "This version of WeChat cannot pay; please update it",
        FailReason::TooFrequent => "Too many tries; please wait a moment",
        FailReason::Misconfigured => "The payment setup of this shop is wrong; please contact it",
        FailReason::NotARealDevice => "The developer tools cannot really pay; use your phone",
        FailReason::UrlNotRegistered => {
            "This page is not registered with WeChat Pay; please contact the shop"
        }
        FailReason::AnotherAccount => "Please pay with the WeChat account that placed the order",
        FailReason::OrderExpired => "WeChat says that this payment has expired",
        FailReason::MerchantRestricted => "The shop cannot take payments now; try again later",
        FailReason::Unexplained => "WeChat gave no reason; we are asking it",
    }
}

fn trouble(kind: TroubleKind) -> (&'static str, &'static str) {
    match kind {
        TroubleKind::Offline => (
            "No network",
            "Your order is safe; we go on when the network is back",
        ),
        TroubleKind::Unavailable => ("We are busy", "Your order is safe; trying again by itself"),
        TroubleKind::SignIn => ("Your session ended", "Sign in again; your order is safe"),
        TroubleKind::SoldOut => (
            "Sold out",
            "You were not charged; please choose something else",
        ),
        TroubleKind::TooManyOpenOrders => (
            "Too many unpaid orders",
            "Pay one in My orders, or wait until they close",
        ),
        TroubleKind::NotFound => (
            "Order not found",
            "Please use the WeChat account that placed the order",
        ),
        TroubleKind::NotPayable => ("This order cannot be paid", "See its state in My orders"),
        TroubleKind::Conflict => (
            "Please choose again",
            "The offer changed; you were not charged",
        ),
        TroubleKind::WechatRefused => (
            "Cannot order right now",
            "WeChat Pay did not take the order; you were not charged",
        ),
        TroubleKind::Defect => (
            "Something went wrong",
            "You were not charged for it; try again or contact the shop",
        ),
    }
}
