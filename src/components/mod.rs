//! What the buyer sees, piece by piece. Nothing here talks to the network.

mod announcement;
mod contact;
mod copy_button;
mod countdown;
mod delivered;
mod elapsed;
mod hand_over;
mod marks;
mod notice;
mod order_details;
mod order_row;
mod outside;
mod pay_bar;
mod product_card;
mod qr_code;
mod refunds;
mod result;
mod screen;
mod skeleton;
mod stepper;
mod trouble_panel;
mod vip_card;
mod voucher_row;
mod wechat_checkout;

pub use hand_over::{hand_over, hand_over_sentence};
pub use order_row::order_row;
pub use outside::outside;
pub use product_card::product_card;
pub use skeleton::{rows_skeleton, vip_skeleton};
pub use trouble_panel::trouble_panel;
pub use vip_card::vip_card;
pub use voucher_row::voucher_row;
pub(crate) use wechat_checkout::stage_name;
pub use wechat_checkout::{WechatCheckout, WechatCheckoutProps};

use wechat_checkout_protocol::{Fen, OrderView};
use yew::{Html, html};

use crate::text::Texts;

/// `¥19.90`.
#[must_use]
pub fn yuan(amount: Fen) -> String {
    ["¥", &amount.to_string()].concat()
}

/// Words that change while they are on show, in an element of their own for each wording. Programs
/// that translate a page replace its text nodes; nobody would see a change of the old ones.
pub(crate) fn news(words: &str) -> Html {
    html! { <span key={words}>{ words }</span> }
}

/// What was ordered, and how many of it: `咖啡兑换券 ×2`.
pub(crate) fn title_of(order: &OrderView, texts: &Texts) -> String {
    let title = texts.translated(&order.title, &order.title_translations);
    if order.quantity > 1 {
        [title, " ×", &order.quantity.to_string()].concat()
    } else {
        title.to_owned()
    }
}
