//! 繁體中文。

use wechat_checkout_protocol::OrderStatus;

use super::{Moment, Texts};
use crate::checkout::{FailReason, TroubleKind};

/// Traditional Chinese.
pub const ZH_TW: Texts = Texts {
    language_name: "繁體中文",
    shop_title: "會員中心",
    order_title: "確認付款",
    my_orders: "我的訂單",
    back_to_shop: "返回",
    choose: "選擇方案",
    vip_group: "VIP 會員",
    voucher_group: "優惠憑證",
    best_value: "最划算",
    sold_out: "已售完",
    stock_left: "僅剩 {} 件",
    price_before: "原價 {}",
    vip_until: "VIP 有效期至 {}",
    vip_none: "您還不是 VIP 會員",
    vip_ended: "VIP 已於 {} 到期",
    vip_invitation: "開通後立即生效，續費時間自動累加",
    vip_renewal: "續費時間自動累加",
    pay: "立即付款 {}",
    preparing: "正在準備付款…",
    opening_sheet: "正在開啟微信支付…",
    pay_within: "請在 {} 內完成付款",
    minutes_left: "付款時間還剩 {} 分鐘",
    seconds_left: "付款時間還剩 30 秒",
    amount: "訂單金額",
    product: "商品",
    quantity: "數量",
    merchant: "收款方",
    order_number: "訂單編號",
    ordered_at: "下單時間",
    paid_at: "付款時間",
    paid_through_wechat: "由微信支付收款，付款結果以微信通知為準",
    issuing: "正在建立訂單…",
    loading: "載入中…",
    no_order_yet: "下單尚未完成",
    order_kept: "訂單已為您保留",
    may_have_paid: "如已付款，請勿重複付款",
    order_safe: "您的訂單不受影響",
    cancelled_title: "付款未完成",
    cancelled_text: "訂單已為您保留，可繼續付款。如已付款，此頁會自動更新",
    tap_again: "付款資訊已更新，請再點一次付款",
    confirming_title: "正在確認付款結果",
    confirming_text: "您可以離開此頁，結果會儲存在「我的訂單」",
    elapsed: "已等待 {} 秒",
    not_yet_title: "付款結果確認中",
    not_yet_text: "請勿重複付款，結果會自動更新",
    not_found_title: "暫未查詢到付款",
    not_found_text: "如果還沒有付款，可以繼續付款。同一訂單不會重複扣款",
    wechat_says: "微信提示：{}",
    wechat_found: "微信查詢結果：{}",
    check_again: "再次查詢",
    checking: "正在查詢…",
    pay_again: "我沒有付款，繼續支付這筆訂單",
    paid_title: "付款成功",
    delivered: "已為您發放",
    voucher_code: "憑證碼",
    copy: "複製",
    copied: "已複製",
    copy_failed: "請長按複製",
    done: "完成",
    leave: "返回選購",
    failed_title: "付款未成功",
    support_code: "問題編號",
    expiring_title: "付款時間已到",
    expiring_text: "正在關閉訂單，請稍候",
    closed_title: "訂單已關閉",
    closed_text: "此訂單已無法付款，您沒有被扣款",
    order_again: "重新下單",
    late_title: "訂單關閉後收到付款",
    late_text: "款項正在退回原付款方式，零錢一般 20\u{a0}分鐘內、銀行卡 1–\u{2060}3\u{a0}個工作天入帳",
    late_back_text: "款項已退回原付款方式",
    refunding_title: "退款中",
    refunding_text: "款項正在退回原付款方式，零錢一般 20\u{a0}分鐘內、銀行卡 1–\u{2060}3\u{a0}個工作天入帳",
    refund_stuck_text: "退款需由人員處理，我們會盡快完成，結果會顯示在此頁",
    refunded_title: "已退款",
    refunded_text: "款項已退回原付款方式，相關權益已收回",
    part_refunding: "{} 退款中",
    part_refunded: "已退款 {}",
    rest_voucher: "其餘 {} 不受影響，兌換券仍可使用",
    rest_vip: "其餘 {} 不受影響，會員權益仍有效",
    refund_amount: "退款金額",
    refund_failed: "退款處理中",
    review_title: "付款正由人員確認",
    review_text: "請勿重複付款。我們會盡快處理，結果會顯示在此頁",
    retry: "重試",
    sign_in_again: "重新登入",
    sign_in_title: "登入未完成",
    sign_in_refused: "微信沒有完成登入，請重新登入",
    sign_in_snapshot: "目前是微信的快照頁，請點擊頁面下方的「使用完整服務」，再重新登入",
    sign_in_expired: "登入連結已過期，請重新登入",
    sign_in_unavailable: "微信登入服務繁忙，請稍後重新登入",
    outside_title: "請在微信中開啟",
    outside_text: "開啟手機微信「掃一掃」，掃描 QR 碼繼續購買",
    outside_hint: "正在用手機瀏覽？複製連結，傳到微信的任一聊天中再點擊開啟",
    copy_link: "複製連結",
    qr_label: "此頁面的 QR 碼",
    hand_over_title: "請在手機微信中繼續付款",
    hand_over_desktop: "電腦版微信可能無法完成付款。請用手機微信「掃一掃」繼續",
    hand_over_mini_program: "小程式內的網頁無法直接付款。請用微信「掃一掃」或複製連結，在微信中開啟繼續",
    hand_over_dev_tools: "開發者工具中無法真實付款。請用手機微信「掃一掃」繼續",
    hand_over_wecom: "企業微信中無法完成此付款。請用手機微信「掃一掃」繼續",
    hand_over_too_old: "目前的微信版本過舊，請更新微信後再試",
    hand_over_waiting: "付款完成後，此頁會自動更新",
    all_orders: "全部訂單",
    no_orders: "還沒有訂單",
    my_vouchers: "我的憑證",
    date: Moment::chinese_date,
    date_and_time: Moment::chinese_date_and_time,
    status,
    reason,
    trouble,
};

fn status(status: OrderStatus) -> &'static str {
    match status {
        OrderStatus::Unprocessed => "待付款",
        OrderStatus::AwaitingConfirmation => "確認中",
        OrderStatus::Confirmed => "已完成",
        OrderStatus::Closed => "已關閉",
        OrderStatus::Refunding => "退款中",
        OrderStatus::Refunded => "已退款",
    }
}

fn reason(reason: FailReason) -> &'static str {
    match reason {
        FailReason::BridgeMissing => "沒有連接上微信，請關閉此頁，從微信重新開啟",
        FailReason::AccessDenied => "微信不允許在此頁面付款，請在微信聊天中重新開啟連結",
        FailReason::ClientTooOld => "目前的微信版本不支援付款，請更新微信後再試",
        FailReason::TooFrequent => "操作太頻繁，請稍候再試",
        FailReason::NotARealDevice => "開發者工具中無法真實付款，請用手機微信繼續",
        FailReason::AnotherAccount => "付款的微信帳號與下單帳號不一致，請用下單的微信付款",
        FailReason::OrderExpired | FailReason::BadPrepay => {
            "微信提示此次付款已失效，請再試一次，或聯絡商家"
        }
        FailReason::Misconfigured
        | FailReason::UrlNotRegistered
        | FailReason::MerchantRestricted
        | FailReason::MissingParameter
        | FailReason::WrongAppid
        | FailReason::BadSignature
        | FailReason::WrongScene => "商家暫時無法收款，請聯絡商家",
        FailReason::AlreadyPaid => "微信提示此訂單已付款，正在確認",
        FailReason::Unexplained => "正在向微信確認這筆付款",
    }
}

fn trouble(kind: TroubleKind) -> (&'static str, &'static str) {
    match kind {
        TroubleKind::Offline => ("網路無法使用", "網路恢復後自動重新整理"),
        TroubleKind::Unavailable => ("服務繁忙", "正在自動重試"),
        TroubleKind::SignIn => ("登入已過期", "請重新登入後繼續"),
        TroubleKind::SoldOut => ("已售完", "請選擇其他商品"),
        TroubleKind::TooManyOpenOrders => (
            "未付款的訂單過多",
            "請先在「我的訂單」中付款，或等待訂單自動關閉",
        ),
        TroubleKind::NotFound => ("找不到此訂單", "請確認使用的是下單時的微信帳號"),
        TroubleKind::NotPayable => ("此訂單已無法付款", "請在「我的訂單」中查看最新狀態"),
        TroubleKind::Conflict => ("請重新選擇商品", "商品資訊已變更"),
        TroubleKind::WechatRefused => ("商家暫時無法收款", "請稍後再試，或聯絡商家"),
        TroubleKind::Defect => ("出了一點問題", "請稍後重試，或聯絡商家"),
    }
}
