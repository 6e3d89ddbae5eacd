//! Where the page runs, told from the user agent: it chooses the way to pay, never what to trust.

use crate::search;

/// The places a checkout page is opened in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Environment {
    /// WeChat on a phone or tablet: the one place where the sheet opens.
    WechatPhone,
    /// WeChat for Windows or macOS: has a bridge, but often no payment.
    WechatDesktop,
    /// WeCom (企业微信): another product that also calls itself `MicroMessenger`.
    WeCom,
    /// The web-view of a mini-program: web payment is refused there by design.
    MiniProgram,
    /// WeChat's developer tools: no real payment.
    DevTools,
    /// A WeChat from before payments (older than 5.0).
    WechatTooOld,
    /// Any other browser.
    Elsewhere,
}

impl Environment {
    /// Reads the user agent and, when the client sets it, `window.__wxjs_environment`.
    ///
    /// The order of the questions matters: WeCom, the developer tools and mini-programs all carry
    /// the `MicroMessenger` token too.
    #[must_use]
    pub fn detect(user_agent: &str, wxjs_environment: Option<&str>) -> Environment {
        let agent = user_agent.to_ascii_lowercase();
        let has = |token: &str| search::contains(&agent, token);
        if has("wechatdevtools") {
            Environment::DevTools
        } else if wxjs_environment == Some("miniprogram")
            || has("miniprogramenv/")
            || has("miniprogram/")
        {
            Environment::MiniProgram
        } else if has("wxwork/") {
            Environment::WeCom
        } else if has("macwechat") || has("windowswechat") {
            Environment::WechatDesktop
        } else {
            match major_version(&agent, "micromessenger/") {
                None => Environment::Elsewhere,
                Some(major) if major < 5 => Environment::WechatTooOld,
                Some(_) => Environment::WechatPhone,
            }
        }
    }

    /// Whether the pay sheet can be expected to open here.
    #[must_use]
    pub fn opens_sheet(self) -> bool {
        self == Environment::WechatPhone
    }

    /// Whether WeChat's sign-in works here, so that an order can be placed and followed.
    #[must_use]
    pub fn can_sign_in(self) -> bool {
        match self {
            Environment::WechatPhone
            | Environment::WechatDesktop
            | Environment::MiniProgram
            | Environment::DevTools => true,
            Environment::WeCom | Environment::WechatTooOld | Environment::Elsewhere => false,
        }
    }
}

fn major_version(agent: &str, token: &str) -> Option<u32> {
    let rest = search::after(agent, token)?;
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}
