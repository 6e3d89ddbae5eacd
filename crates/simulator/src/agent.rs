//! The user agents under which a page can be opened.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Which WeChat opens the page. Texts after observed traffic, versions of late 2025.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Agent {
    /// WeChat on Android with its own Chromium (XWeb).
    #[default]
    Android,
    /// WeChat on iOS: the system's WKWebView.
    Ios,
    /// WeChat for Windows.
    Windows,
    /// WeChat for macOS.
    Mac,
    /// 微信开发者工具.
    Devtools,
    /// The web-view of a mini program on Android.
    MiniProgram,
}

impl Agent {
    /// All of them.
    pub const ALL: [Agent; 6] = [
        Agent::Android,
        Agent::Ios,
        Agent::Windows,
        Agent::Mac,
        Agent::Devtools,
        Agent::MiniProgram,
    ];

    /// The name in links and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Agent::Android => "android",
            Agent::Ios => "ios",
            Agent::Windows => "windows",
            Agent::Mac => "mac",
            Agent::Devtools => "devtools",
            Agent::MiniProgram => "mini-program",
        }
    }

    /// The header and `navigator.userAgent`.
    #[must_use]
    pub const fn user_agent(self) -> &'static str {
        match self {
            Agent::Android => {
                "Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/UQ1A.240205.004; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/142.0.7444.173 Mobile Safari/537.36 XWEB/1420153 MMWEBSDK/20251001 MMWEBID/5100 MicroMessenger/8.0.66.2960(0x28004234) WeChat/arm64 Weixin NetType/WIFI Language/zh_CN ABI/arm64"
            }
            Agent::Ios => {
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.66(0x18004230) NetType/WIFI Language/zh_CN"
            }
            Agent::Windows => {
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36 NetType/WIFI MicroMessenger/7.0.20.1781(0x6700143B) WindowsWechat(0x63090c33) UnifiedPCWindowsWechat(0xf2541022) XWEB/16467 Flue"
            }
            Agent::Mac => {
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36 NetType/WIFI MicroMessenger/7.0.20.1781(0x6700143B) MacWechat/3.8.10(0x13080a10) UnifiedPCMacWechat(0xf2641022) XWEB/16467 Flue"
            }
            Agent::Devtools => {
                "Mozilla/5.0 (iPhone; CPU iPhone OS 15_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 wechatdevtools/1.06.2503290 MicroMessenger/8.0.5 Language/zh_CN webview/"
            }
            Agent::MiniProgram => {
                "Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/UQ1A.240205.004; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/142.0.7444.173 Mobile Safari/537.36 XWEB/1420153 MMWEBSDK/20251001 MMWEBID/5100 MicroMessenger/8.0.66.2960(0x28004234) WeChat/arm64 Weixin NetType/WIFI Language/zh_CN ABI/arm64 miniProgram/wx5100000000000002"
            }
        }
    }
}

/// No agent has this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such agent; one of android, ios, windows, mac, devtools, mini-program")]
pub struct UnknownAgent;

impl FromStr for Agent {
    type Err = UnknownAgent;

    fn from_str(name: &str) -> Result<Agent, UnknownAgent> {
        Agent::ALL
            .into_iter()
            .find(|agent| agent.name() == name)
            .ok_or(UnknownAgent)
    }
}

impl fmt::Display for Agent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Serialize for Agent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Agent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Agent, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}
