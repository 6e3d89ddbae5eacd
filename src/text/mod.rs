//! Every sentence the buyer reads, one file per language.
//!
//! A language is a value of [`Texts`]: a sentence that is missing does not compile. An embedding app
//! replaces single sentences with `Texts { pay: "…", ..ZH_CN }`.

pub(crate) mod date;
mod en;
mod explanation;
mod sentence;
mod zh_cn;
mod zh_tw;

pub use date::Moment;
pub(crate) use date::two_digits;
pub use en::EN;
pub use explanation::Explanation;
pub use sentence::{fill, two_sentences};
pub use zh_cn::ZH_CN;
pub use zh_tw::ZH_TW;

use wechat_checkout_protocol::{LocalText, OrderStatus, Translations};

use crate::{
    checkout::{FailReason, Money, TroubleKind},
    search,
};

/// The languages of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// Simplified Chinese.
    ZhCn,
    /// Traditional Chinese.
    ZhTw,
    /// English.
    En,
}

impl Language {
    /// All of them, in the order of the switch.
    pub const ALL: [Language; 3] = [Language::ZhCn, Language::ZhTw, Language::En];

    /// The tag for `lang` attributes and `?lang=`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Language::ZhCn => "zh-CN",
            Language::ZhTw => "zh-TW",
            Language::En => "en",
        }
    }

    /// The sentences.
    #[must_use]
    pub fn texts(self) -> &'static Texts {
        match self {
            Language::ZhCn => &ZH_CN,
            Language::ZhTw => &ZH_TW,
            Language::En => &EN,
        }
    }

    /// Reads a language tag of any spelling: `zh_TW`, `zh-Hant-HK`, `en-GB`.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Language> {
        let tag = tag.trim().to_ascii_lowercase().replace('_', "-");
        let has = |part: &str| tag.split('-').any(|found| found == part);
        if has("zh") {
            let is_traditional = ["tw", "hk", "mo", "hant"].into_iter().any(has);
            Some(if is_traditional {
                Language::ZhTw
            } else {
                Language::ZhCn
            })
        } else {
            has("en").then_some(Language::En)
        }
    }

    /// Chooses: the buyer's own choice, then WeChat's `Language/` token, then the browser's
    /// language. Simplified Chinese for everybody else: the shop's prices and goods are Chinese.
    #[must_use]
    pub fn choose(chosen: Option<&str>, user_agent: &str, browser: Option<&str>) -> Language {
        let wechat = search::after(user_agent, "Language/");
        let wechat = wechat.and_then(|rest| rest.split([' ', ';', ')']).next());
        [chosen, wechat, browser]
            .into_iter()
            .flatten()
            .find_map(Language::of_tag)
            .unwrap_or(Language::ZhCn)
    }
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        /// The sentences of one language. `{}` stands for the one value that a sentence carries.
        #[derive(Clone, Copy, Debug)]
        pub struct Texts {
            $($(#[$doc])* pub $name: &'static str,)+
            /// Which of the shop's texts: Simplified Chinese, or one of the other two.
            pub pick: for<'a> fn(&'a str, Option<&'a str>, Option<&'a str>) -> &'a str,
            /// A moment as a date.
            pub date: fn(Moment) -> String,
            /// A moment as date and time of day.
            pub date_and_time: fn(Moment) -> String,
            /// An order's status in one or two words.
            pub status: fn(OrderStatus) -> &'static str,
            /// Why the sheet did not lead to a payment.
            pub reason: fn(FailReason) -> &'static str,
            /// What is in the way: a title and a sentence. Neither speaks of orders or money; that is
            /// the part of [`Texts::money`].
            pub trouble: fn(TroubleKind) -> (&'static str, &'static str),
        }

        impl Texts {
            /// Name and sentence of every plain text, for tests and translators.
            #[must_use]
            pub fn entries(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($name), self.$name)),+]
            }

            /// Where each plain text is, in the order of [`Texts::entries`], to replace some.
            pub(crate) fn places(&mut self) -> impl Iterator<Item = &mut &'static str> {
                [$(&mut self.$name),+].into_iter()
            }
        }
    };
}

texts! {
    /// Name of the language itself.
    language_name,
    /// Title of the shop.
    shop_title,
    /// Title of the checkout.
    order_title,
    /// Title of the buyer's orders; also the link to them.
    my_orders,
    /// The way back to the shop.
    back_to_shop,
    /// Heading of the VIP products.
    vip_group,
    /// Heading of the vouchers.
    voucher_group,
    /// Badge.
    best_value,
    /// Badge.
    sold_out,
    /// Badge; `{}` is a number.
    stock_left,
    /// For screen readers; `{}` is an amount.
    price_before,
    /// The buyer's membership; `{}` is a date.
    vip_until,
    /// The buyer never had a membership.
    vip_none,
    /// The membership ended; `{}` is a date.
    vip_ended,
    /// Under "no membership".
    vip_invitation,
    /// Under a membership that runs.
    vip_renewal,
    /// The pay button; `{}` is the amount.
    pay,
    /// The pay button while parameters are fetched.
    preparing,
    /// While the sheet opens.
    opening_sheet,
    /// Countdown; `{}` is minutes and seconds.
    pay_within,
    /// Said by screen readers now and then; `{}` is a number of minutes.
    minutes_left,
    /// Said by screen readers near the end.
    seconds_left,
    /// Label.
    amount,
    /// Label.
    product,
    /// Label.
    quantity,
    /// Label.
    merchant,
    /// Label.
    order_number,
    /// Label.
    ordered_at,
    /// Label.
    paid_at,
    /// Label.
    payment_method,
    /// Its only value.
    wechat_pay,
    /// Under the amount: what a membership would end on; `{}` is a date.
    valid_until_if_paid,
    /// How much membership; `{}` is a number of days.
    days,
    /// Label.
    validity,
    /// Label.
    how_to_use,
    /// For screen readers: one unit less.
    quantity_less,
    /// For screen readers: one unit more.
    quantity_more,
    /// Inside sentences, exactly as they write it: it becomes a link where the shop has a contact.
    contact_shop,
    /// While an order is placed.
    issuing,
    /// While something is loaded.
    loading,
    /// Something is in the way, and no order is there yet.
    no_order_yet,
    /// Something is in the way of an order that nobody tried to pay.
    order_kept,
    /// Something is in the way, and money may have moved.
    may_have_paid,
    /// Something is in the way of an order that has ended.
    order_safe,
    /// After the buyer closed the sheet.
    cancelled_title,
    /// And what now.
    cancelled_text,
    /// Parameters had to be renewed.
    tap_again,
    /// Waiting for WeChat's word.
    confirming_title,
    /// What the buyer may do meanwhile.
    confirming_text,
    /// `{}` is a number of seconds.
    elapsed,
    /// Still no word.
    not_yet_title,
    /// Do not pay twice.
    not_yet_text,
    /// WeChat was asked and found no payment; not final.
    not_found_title,
    /// And what the buyer may do.
    not_found_text,
    /// WeChat's own sentence about a failure.
    wechat_says,
    /// WeChat's own sentence about the order, when it was asked.
    wechat_found,
    /// Button.
    check_again,
    /// The same button at work.
    checking,
    /// Button: the same order again.
    pay_again,
    /// Paid.
    paid_title,
    /// Heading of what was delivered.
    delivered,
    /// Heading of a membership that was delivered.
    activated,
    /// Label.
    voucher_code,
    /// Button.
    copy,
    /// The same button afterwards.
    copied,
    /// When copying is forbidden.
    copy_failed,
    /// Button.
    done,
    /// Button: away from an order that is not paid.
    leave,
    /// The sheet did not open.
    failed_title,
    /// Label.
    support_code,
    /// The time is up.
    expiring_title,
    /// And what happens.
    expiring_text,
    /// Closed.
    closed_title,
    /// And what that means.
    closed_text,
    /// Button.
    order_again,
    /// Money came after closing.
    late_title,
    /// Where it goes.
    late_text,
    /// It went back.
    late_back_text,
    /// Going back.
    refunding_title,
    /// Where it goes.
    refunding_text,
    /// It does not arrive, and people look into it.
    refund_stuck_text,
    /// Back.
    refunded_title,
    /// Where it went.
    refunded_text,
    /// A part on its way back; `{}` is an amount.
    part_refunding,
    /// A part is back; `{}` is an amount.
    part_refunded,
    /// What is left of a voucher's price; `{}` is an amount.
    rest_voucher,
    /// What is left of a membership's price; `{}` is an amount.
    rest_vip,
    /// Label, in large figures.
    refund_amount,
    /// One refund that needs people.
    refund_failed,
    /// People look into it.
    review_title,
    /// And what now.
    review_text,
    /// Button.
    retry,
    /// Button: through WeChat's sign-in.
    sign_in_again,
    /// WeChat's sign-in brought no session.
    sign_in_title,
    /// The buyer or WeChat refused.
    sign_in_refused,
    /// WeChat showed a snapshot of the page.
    sign_in_snapshot,
    /// An old link.
    sign_in_expired,
    /// WeChat's sign-in does not answer.
    sign_in_unavailable,
    /// In a WeChat that is too old.
    update_title,
    /// Not in WeChat.
    outside_title,
    /// What to do.
    outside_text,
    /// On the phone itself.
    outside_hint,
    /// Button.
    copy_link,
    /// For screen readers.
    qr_label,
    /// Another place than WeChat on a phone.
    hand_over_title,
    /// Desktop WeChat.
    hand_over_desktop,
    /// Mini-program.
    hand_over_mini_program,
    /// Developer tools.
    hand_over_dev_tools,
    /// WeCom.
    hand_over_wecom,
    /// Old client.
    hand_over_too_old,
    /// Under the hand-over code.
    hand_over_waiting,
    /// Heading of the list of orders.
    all_orders,
    /// No orders yet.
    no_orders,
    /// Heading.
    my_vouchers,
    /// Button.
    sign_out,
    /// Above the shop, after it.
    signed_out,
    /// Button, after it.
    sign_in,
}

impl Texts {
    /// What may be said of order and money while something is in the way.
    #[must_use]
    pub fn money(&self, money: Money) -> &'static str {
        match money {
            Money::NotOrdered => self.no_order_yet,
            Money::Untouched => self.order_kept,
            Money::MayHaveMoved => self.may_have_paid,
            Money::Told => self.order_safe,
        }
    }
}

/// Two sets of sentences are the same when they are one.
impl PartialEq for Texts {
    fn eq(&self, other: &Texts) -> bool {
        std::ptr::eq(self, other)
    }
}

impl Texts {
    /// A text of the shop, in this language where the shop has it.
    #[must_use]
    pub fn local<'a>(&self, text: &'a LocalText) -> &'a str {
        (self.pick)(&text.zh_cn, text.zh_tw.as_deref(), text.en.as_deref())
    }

    /// The same for a text whose translations stand beside it.
    #[must_use]
    pub fn translated<'a>(&self, text: &'a str, others: &'a Translations) -> &'a str {
        (self.pick)(text, others.zh_tw.as_deref(), others.en.as_deref())
    }
}
