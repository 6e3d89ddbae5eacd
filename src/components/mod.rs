//! What the buyer sees, piece by piece. Nothing here talks to the network.

mod announcement;
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

use wechat_checkout_protocol::Fen;

/// `¥19.90`.
#[must_use]
pub fn yuan(amount: Fen) -> String {
    ["¥", &amount.to_string()].concat()
}
