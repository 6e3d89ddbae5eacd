//! The pages of the app.

mod my_orders;
mod outside_wechat;
mod shop;

pub use my_orders::MyOrders;
pub use outside_wechat::OutsideWechat;
pub use shop::Shop;
