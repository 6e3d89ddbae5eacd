//! WeChat's sentences and what is behind them: of calls (`return_msg`, `err_code_des`) and of the
//! pay sheet (`err_desc`).

/// 签名错误, in each of its forms.
pub(super) const SIGNATURE: &str = "The APIv2 key is not the merchant's (the APIv3 key in its \
     place, or one that was changed in the merchant platform), or a value was changed after \
     signing: let `explain` look at the message.";

/// The appid and the merchant number do not belong together.
pub(super) const NOT_BOUND: &str = "The appid is not bound to the merchant number: bind it in the \
     merchant platform under 产品中心 → AppID账号管理, which takes some minutes.";

const OTHER_OPENID: &str =
    "The openid belongs to another appid: ask OAuth of the appid that is paid to.";

const TOO_FAST: &str = "Too many calls, or too many wrong ones (six a second): wait a minute.";

const PREPAY_TOO_OLD: &str = "The prepay_id is older than two hours, or time_expire has passed: \
     order again with the same parameters, or close and take a new number.";

const PAID: &str = "The order is paid, though the page does not know yet: query it, and confirm \
     what the query says. WeChat takes no second payment under one number.";

const NOT_SWITCHED_ON: &str = "The product (JSAPI, Native, H5, App) is not switched on for the \
     merchant: 产品中心 → 我的产品.";

/// WeChat limits the merchant, not the call.
const LIMITED: &str = "WeChat limits what this merchant can take: the merchant platform says why, \
     and how the limit ends.";

const TIME_EXPIRE: &str = "time_expire is less than a minute ahead of WeChat's clock: this \
     machine's clock is slow, or the time was written in UTC (use beijing::format).";

/// A part of the sentence that stays the same, and what is behind it. The first that fits counts.
pub(super) const WORDS: [(&str, &str); 55] = [
    (
        // Before 签名失败: the sheet's signature is another one than that of a call.
        "支付验证签名失败",
        "The sheet's paySign is not over the five bridge parameters in the order's sign type: use \
         bridge_params, and never the sign of the unifiedorder answer.",
    ),
    ("签名错误", SIGNATURE),
    ("签名失败", SIGNATURE),
    ("SIGN ERROR", SIGNATURE),
    (
        "缺少参数：appId",
        "The sheet got no appId: it is spelt with a capital I, and every value is a string.",
    ),
    (
        "缺少参数：package",
        "The sheet got no package: it is `prepay_id=` and the prepay_id.",
    ),
    (
        "缺少参数",
        "In the pay sheet: the prepay_id is empty, older than two hours or another appid's (it is \
         not about total_fee). In a call: the named field is missing.",
    ),
    (
        "appid参数不正确",
        "The appId of the sheet is not the one of the order: both are the account that is paid to.",
    ),
    (
        "mch_id参数格式错误",
        "The merchant number is not WeChat's: 8 to 10 digits, without blanks, as the merchant \
         platform shows it.",
    ),
    (
        "appid参数格式错误",
        "The appid is not WeChat's: wx and 16 hex digits, as the official account's platform shows \
         it.",
    ),
    (
        "sign_type参数格式错误",
        "sign_type is neither MD5 nor HMAC-SHA256.",
    ),
    (
        "URL未注册",
        "The page's folder is not among the 支付授权目录 of the merchant platform; on iOS the \
         address of the last full page load counts.",
    ),
    (
        "支付账号不一致",
        "The order was made for another openid, for example behind a shared link: make one for \
         the buyer who pays.",
    ),
    ("openid与appid不匹配", OTHER_OPENID),
    ("openid不匹配", OTHER_OPENID),
    ("无效的openid", OTHER_OPENID),
    // The words come in either order: 商户号mch_id与appid不匹配, appid和mch_id不匹配.
    ("appid不匹配", NOT_BOUND),
    ("mch_id不匹配", NOT_BOUND),
    (
        "appid不存在",
        "The appid is misspelt, or of a deleted account.",
    ),
    (
        "APPID不存在",
        "The appid is misspelt, or of a deleted account.",
    ),
    (
        "mch_id不存在",
        "The merchant number is misspelt, or of another platform than this gateway's.",
    ),
    (
        "MCHID不存在",
        "The merchant number is misspelt, or of another platform than this gateway's.",
    ),
    (
        "重入",
        "The same out_trade_no came with other parameters before (amount, body, time_expire …): \
         repeat the first ones exactly, or close the order and take a new number.",
    ),
    (
        "订单号重复",
        "The same out_trade_no came with other parameters before, or is used up: query it.",
    ),
    ("时间过短", TIME_EXPIRE),
    (
        "time_expire",
        "time_expire must be yyyyMMddHHmmss in Beijing time, ahead of WeChat's clock (is this \
         machine's right?), and the same in every repeat.",
    ),
    (
        "time_start",
        "time_start must be yyyyMMddHHmmss in Beijing time, before time_expire: is this machine's \
         clock right?",
    ),
    (
        "证书",
        "The merchant certificate is missing, expired or another merchant's: \
         ClientCertificate::check tells which.",
    ),
    ("产品权限未开通", NOT_SWITCHED_ON),
    ("没有此类交易权限", NOT_SWITCHED_ON),
    ("收款功能已被限制", LIMITED),
    ("单日收款最大金额", LIMITED),
    (
        "权限",
        "The merchant may not use this call: look in the merchant platform under 产品中心.",
    ),
    (
        "请在微信外打开",
        "H5 payment (MWEB) is for browsers outside WeChat: inside it, place a JSAPI order.",
    ),
    (
        "支付场景非法",
        "A prepay_id opens the sheet of its own trade type only: place an order of the right one.",
    ),
    ("订单已支付", PAID),
    ("订单已失效", PREPAY_TOO_OLD),
    ("支付请求已失效", PREPAY_TOO_OLD),
    ("订单已关闭", "The number is used up: take a new one."),
    (
        "余额不足",
        "Of an order: the buyer picks another card. Of a refund: top the merchant account up, and \
         send the same out_refund_no again.",
    ),
    ("频率", TOO_FAST),
    ("频繁", TOO_FAST),
    (
        "系统繁忙",
        "WeChat's own trouble, or a value that is the word null or has blanks at its ends: query, \
         then repeat with the same number.",
    ),
    (
        "系统错误",
        "WeChat's own trouble: query, then repeat with the same number.",
    ),
    (
        "XML",
        "The message is not one flat level of XML in UTF-8 under <xml>.",
    ),
    (
        "post方法",
        "Something between here and WeChat turned the POST into a GET.",
    ),
    (
        "post数据为空",
        "Something between here and WeChat took the body away.",
    ),
    ("编码", "The message is not UTF-8."),
    (
        "spbill_create_ip",
        "spbill_create_ip is the buyer's own address, IPv4 or IPv6, without port: is `behind_proxy` \
         right?",
    ),
    (
        "notify_url",
        "notify_url is absolute and public, without query, at most 256 bytes.",
    ),
    (
        "total_fee",
        "Amounts are whole fen without a decimal point, at least 1.",
    ),
    (
        "长度",
        "A field is longer than its limit, counted in bytes of UTF-8: the description names it.",
    ),
    (
        "参数格式错误",
        "A field is malformed: the description names it.",
    ),
    (
        "redirect_uri",
        "The host of redirect_uri is not the official account's 网页授权域名.",
    ),
    (
        "订单不存在",
        "Right after an unclear call this proves nothing: query again in some seconds. Otherwise \
         look whether the number went to another merchant or to a simulator.",
    ),
];
