//! The documented user agents, and where each of them is.

use wechat_checkout::environment::Environment;

const AGENTS: &[(Environment, &str)] = &[
    (
        Environment::WechatPhone,
        "Mozilla/5.0 (Linux; Android 14; 23127PN0CC Build/UKQ1.230804.001; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/134.0.6998.136 Mobile Safari/537.36 XWEB/1340095 MMWEBSDK/20250201 MMWEBID/4567 MicroMessenger/8.0.58.2841(0x28003A34) WeChat/arm64 Weixin NetType/WIFI Language/zh_CN ABI/arm64",
    ),
    (
        Environment::WechatPhone,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.50(0x18003237) NetType/4G Language/zh_TW",
    ),
    (
        Environment::WechatDesktop,
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36 NetType/WIFI MicroMessenger/7.0.20.1781(0x6700143B) WindowsWechat(0x63090a13) XWEB/16389 Flue",
    ),
    (
        Environment::WechatDesktop,
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36 MicroMessenger/7.0.20.1781(0x6700143B) NetType/WIFI MiniGame UnifiedPCWindowsWechat(0xf2541022) XWEB/16467 Flue",
    ),
    (
        Environment::WechatDesktop,
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36 MicroMessenger/6.8.0(0x16080000) NetType/WIFI MacWechat/3.8.9 WindowsWechat XWEB/19024",
    ),
    (
        Environment::WechatDesktop,
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36 MicroMessenger/7.0.20.1781(0x6700143B) UnifiedPCMacWechat(0xf264151f) XWEB/20024",
    ),
    (
        Environment::WeCom,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 wxwork/4.1.28 MicroMessenger/7.0.1 Language/zh",
    ),
    (
        Environment::MiniProgram,
        "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/122.0.6261.120 Mobile Safari/537.36 XWEB/1220133 MMWEBSDK/20240404 MicroMessenger/8.0.49.2600(0x28003137) WeChat/arm64 Weixin NetType/WIFI Language/zh_CN ABI/arm64 miniProgram/wx1234567890abcdef",
    ),
    (
        Environment::MiniProgram,
        "Mozilla/5.0 (Windows NT 10.0; WOW64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/107.0 Safari/537.36 MicroMessenger/7.0.20.1781(0x6700143B) NetType/WIFI MiniProgramEnv/Windows WindowsWechat/WMPF WindowsWechat(0x63090a13) XWEB/9129",
    ),
    (
        Environment::DevTools,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 15_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.0 Mobile/15E148 Safari/604.1 wechatdevtools/1.06.2409140 MicroMessenger/8.0.5 Language/zh_CN webview/17000000",
    ),
    (
        Environment::WechatTooOld,
        "Mozilla/5.0 (Linux; U; Android 4.0.3) MicroMessenger/4.5.255",
    ),
    (
        Environment::Elsewhere,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
    ),
    (
        Environment::Elsewhere,
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    ),
    (Environment::Elsewhere, ""),
];

#[test]
fn documented_agents_are_told_apart() {
    for (expected, agent) in AGENTS {
        assert_eq!(Environment::detect(agent, None), *expected, "{agent}");
    }
}

#[test]
fn a_mini_program_may_only_tell_by_script() {
    let (_, phone) = AGENTS[0];
    assert_eq!(
        Environment::detect(phone, Some("miniprogram")),
        Environment::MiniProgram
    );
    assert_eq!(
        Environment::detect(phone, Some("browser")),
        Environment::WechatPhone
    );
}

#[test]
fn the_sheet_is_expected_on_phones_only() {
    for (environment, _) in AGENTS {
        assert_eq!(
            environment.opens_sheet(),
            *environment == Environment::WechatPhone
        );
    }
}
