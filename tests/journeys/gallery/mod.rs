//! Every situation of a buyer: reached, read, judged for accessibility, photographed in both colours.
//!
//! One room, one browser. `cargo xtask screenshots` puts the pictures into the documents; other runs
//! leave them among the evidence.

mod album;
mod counter;
mod ending;
mod languages;
mod places;
mod shapes;
mod trouble;
mod waiting;

use wechat_checkout_server::Config;
use wechat_checkout_server::catalog::Unit;

/// One voucher of each kind is left: who comes second gets none.
fn one_of_each(config: &mut Config) {
    for product in &mut config.catalog.products {
        if let Unit::Voucher { codes } = &mut product.unit {
            codes.truncate(1);
        }
    }
}
