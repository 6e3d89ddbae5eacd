//! `wechat-checkout-server check`: says everything that is wrong with configuration and catalogue,
//! or what the server would run with. It opens no database and calls nobody.

use std::path::Path;
use std::process::ExitCode;

use wechat_checkout_server::Config;
use wechat_checkout_server::catalog::{Product, Unit};
use wechat_checkout_server::start_line::StartLine;

/// Checks and prints.
#[expect(clippy::print_stdout, reason = "what the operator asked for")]
pub(crate) fn check(path: &Path, store: Option<&str>) -> ExitCode {
    match Config::load_for_store(path, store) {
        Ok(config) => {
            for warning in &config.warnings {
                println!("warning: {warning}");
            }
            println!("{} is good", path.display());
            println!("{}", StartLine::of(&config));
            for product in &config.catalog.products {
                println!("  {}", line(product));
            }
            ExitCode::SUCCESS
        }
        Err(mistakes) => {
            println!("{mistakes}");
            ExitCode::FAILURE
        }
    }
}

/// With the price in yuan, as a person reads it: one that was written in yuan shows here.
fn line(product: &Product) -> String {
    let Product {
        id, title, price, ..
    } = product;
    let gives = match &product.unit {
        Unit::Vip { days } => format!("{days} days"),
        Unit::Voucher { codes } => format!("{} codes", codes.len()),
    };
    format!("{id}  {title}  ¥{price}  {gives}")
}
