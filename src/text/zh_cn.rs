//! 简体中文。

use wechat_checkout_protocol::OrderStatus;

use super::{Moment, Texts};
use crate::checkout::{FailReason, TroubleKind};

/// Simplified Chinese.
pub const ZH_CN: Texts = Texts {
    language_name: "简体中文",
    shop_title: "会员中心",
    order_title: "确认支付",
    my_orders: "我的订单",
    back_to_shop: "返回",
    choose: "选择套餐",
    vip_group: "VIP 会员",
    voucher_group: "优惠凭证",
    best_value: "最划算",
    sold_out: "已售罄",
    stock_left: "仅剩 {} 件",
    price_before: "原价 {}",
    vip_until: "VIP 有效期至 {}",
    vip_none: "您还不是 VIP 会员",
    vip_ended: "VIP 已于 {} 到期",
    vip_invitation: "开通后立即生效，续费时长自动累加",
    vip_renewal: "续费时长自动累加",
    pay: "立即支付 {}",
    preparing: "正在准备支付…",
    opening_sheet: "正在打开微信支付…",
    pay_within: "请在 {} 内完成支付",
    minutes_left: "支付时间还剩 {} 分钟",
    seconds_left: "支付时间还剩 30 秒",
    amount: "订单金额",
    product: "商品",
    quantity: "数量",
    merchant: "收款方",
    order_number: "订单编号",
    ordered_at: "下单时间",
    paid_at: "支付时间",
    paid_through_wechat: "由微信支付收款，付款结果以微信通知为准",
    issuing: "正在生成订单…",
    loading: "正在加载…",
    no_order_yet: "下单尚未完成",
    order_kept: "订单已为您保留",
    may_have_paid: "如已付款，请勿重复支付",
    order_safe: "您的订单不受影响",
    cancelled_title: "支付未完成",
    cancelled_text: "订单已为您保留，可继续支付。如已付款，此页会自动更新",
    tap_again: "支付信息已更新，请再点一次支付",
    confirming_title: "正在确认支付结果",
    confirming_text: "您可以离开此页，结果会保存在“我的订单”",
    elapsed: "已等待 {} 秒",
    not_yet_title: "支付结果确认中",
    not_yet_text: "请勿重复支付，结果会自动更新",
    not_found_title: "暂未查询到付款",
    not_found_text: "如果还没有付款，可以继续支付。同一订单不会重复扣款",
    wechat_says: "微信提示：{}",
    wechat_found: "微信查询结果：{}",
    check_again: "再次查询",
    checking: "正在查询…",
    pay_again: "我没有付款，继续支付此订单",
    paid_title: "支付成功",
    delivered: "已为您发放",
    voucher_code: "凭证码",
    copy: "复制",
    copied: "已复制",
    copy_failed: "请长按复制",
    done: "完成",
    leave: "返回选购",
    failed_title: "支付未成功",
    support_code: "问题编号",
    expiring_title: "支付时间已到",
    expiring_text: "正在关闭订单，请稍候",
    closed_title: "订单已关闭",
    closed_text: "此订单已不能支付，您没有被扣款",
    order_again: "重新下单",
    late_title: "订单关闭后收到付款",
    late_text: "款项正在原路退回，零钱一般 20\u{a0}分钟内、银行卡 1–\u{2060}3\u{a0}个工作日到账",
    late_back_text: "款项已原路退回",
    refunding_title: "退款中",
    refunding_text: "款项正在原路退回，零钱一般 20\u{a0}分钟内、银行卡 1–\u{2060}3\u{a0}个工作日到账",
    refund_stuck_text: "退款需要人工处理，我们会尽快完成，结果将显示在此页",
    refunded_title: "已退款",
    refunded_text: "款项已原路退回，相应权益已收回",
    part_refunding: "{} 退款中",
    part_refunded: "已退款 {}",
    rest_voucher: "其余 {} 不受影响，兑换券仍可使用",
    rest_vip: "其余 {} 不受影响，会员权益仍有效",
    refund_amount: "退款金额",
    refund_failed: "退款处理中",
    review_title: "付款正在人工核实",
    review_text: "请勿重复支付。我们会尽快处理，结果将显示在此页",
    retry: "重试",
    sign_in_again: "重新登录",
    sign_in_title: "登录未完成",
    sign_in_refused: "微信没有完成登录，请重新登录",
    sign_in_snapshot: "当前是微信的快照页，请点击页面下方的“使用完整服务”，再重新登录",
    sign_in_expired: "登录链接已过期，请重新登录",
    sign_in_unavailable: "微信登录服务繁忙，请稍后重新登录",
    outside_title: "请在微信中打开",
    outside_text: "打开手机微信“扫一扫”，扫描二维码继续购买",
    outside_hint: "正在用手机浏览？复制链接，发送到微信的任一聊天中再点击打开",
    copy_link: "复制链接",
    qr_label: "此页面的二维码",
    hand_over_title: "请在手机微信中继续支付",
    hand_over_desktop: "电脑版微信可能无法完成支付。请用手机微信“扫一扫”继续",
    hand_over_mini_program: "小程序内的网页无法直接支付。请用微信“扫一扫”或复制链接，在微信中打开继续",
    hand_over_dev_tools: "开发者工具中不能真实支付。请用手机微信“扫一扫”继续",
    hand_over_wecom: "企业微信中不能完成此支付。请用手机微信“扫一扫”继续",
    hand_over_too_old: "当前微信版本过低，请更新微信后再试",
    hand_over_waiting: "支付完成后，此页会自动更新",
    all_orders: "全部订单",
    no_orders: "还没有订单",
    my_vouchers: "我的凭证",
    date: Moment::chinese_date,
    date_and_time: Moment::chinese_date_and_time,
    status,
    reason,
    trouble,
};

fn status(status: OrderStatus) -> &'static str {
    match status {
        OrderStatus::Unprocessed => "待支付",
        OrderStatus::AwaitingConfirmation => "确认中",
        OrderStatus::Confirmed => "已完成",
        OrderStatus::Closed => "已关闭",
        OrderStatus::Refunding => "退款中",
        OrderStatus::Refunded => "已退款",
    }
}

fn reason(reason: FailReason) -> &'static str {
    match reason {
        FailReason::BridgeMissing => "没有连接上微信，请关闭此页，从微信重新打开",
        FailReason::AccessDenied => "微信不允许在此页面支付，请在微信聊天中重新打开链接",
        FailReason::ClientTooOld => "当前微信版本不支持支付，请更新微信后再试",
        FailReason::TooFrequent => "操作太频繁，请稍等片刻再试",
        FailReason::NotARealDevice => "开发者工具中不能真实支付，请用手机微信继续",
        FailReason::AnotherAccount => "付款的微信账号与下单账号不一致，请用下单的微信付款",
        FailReason::OrderExpired | FailReason::BadPrepay => {
            "微信提示此次支付已失效，请再试一次，或联系商家"
        }
        FailReason::Misconfigured
        | FailReason::UrlNotRegistered
        | FailReason::MerchantRestricted
        | FailReason::MissingParameter
        | FailReason::WrongAppid
        | FailReason::BadSignature
        | FailReason::WrongScene => "商家暂时无法收款，请联系商家",
        FailReason::AlreadyPaid => "微信提示此订单已支付，正在核实",
        FailReason::Unexplained => "正在向微信核实这笔支付",
    }
}

fn trouble(kind: TroubleKind) -> (&'static str, &'static str) {
    match kind {
        TroubleKind::Offline => ("网络不可用", "网络恢复后自动刷新"),
        TroubleKind::Unavailable => ("服务繁忙", "正在自动重试"),
        TroubleKind::SignIn => ("登录已过期", "请重新登录后继续"),
        TroubleKind::SoldOut => ("已售罄", "请选择其他商品"),
        TroubleKind::TooManyOpenOrders => (
            "未支付的订单过多",
            "请先在“我的订单”中支付，或等待订单自动关闭",
        ),
        TroubleKind::NotFound => ("没有找到此订单", "请确认使用的是下单时的微信账号"),
        TroubleKind::NotPayable => ("此订单已不能支付", "请在“我的订单”中查看最新状态"),
        TroubleKind::Conflict => ("请重新选择商品", "商品信息已变化"),
        TroubleKind::WechatRefused => ("商家暂时无法收款", "请稍后再试，或联系商家"),
        TroubleKind::Defect => ("出了一点问题", "请稍后重试，或联系商家"),
    }
}
