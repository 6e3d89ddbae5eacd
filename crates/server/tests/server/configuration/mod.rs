//! A configuration mistake stops the start with a sentence that names place, key and fix.

mod catalog;
mod command;
mod documents;
mod leaks;
mod program;
mod published;
mod reading;
mod sentences;
mod traces;
mod variables;
mod workshop;

use std::path::{Path, PathBuf};

use wechat_checkout_server::Config;
use wechat_checkout_server::start_line::StartLine;

use self::workshop::Workshop;

#[test]
fn the_demonstrations_configuration_is_good() {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/config/demo.toml"));
    let without_page = [("CHECKOUT_PAGE_DIR".into(), "".into())];
    let config = Config::load_from(&path, without_page, None).unwrap();
    assert_eq!(config.catalog.products.len(), 6);
    assert_eq!(config.orders_expire_after_ms, 900_000);
    assert_eq!(config.shop.contact.as_deref(), Some("tel:+861000000000"));
}

/// The archive of WeChat's tool needs no second file: its password is the merchant number.
#[test]
fn the_merchant_certificate_is_one_archive_or_two_files() {
    let workshop = Workshop::new();
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../gateway/tests/gateway/data");
    let file = |name: &str| format!("{:?}", data.join("certificate").join(name));
    let certificate = |lines: &str| {
        workshop.set("mch_id", &format!("mch_id = \"10000100\"\n{lines}"));
        workshop.load()
    };
    let (pem, key) = (file("apiclient_cert.pem"), file("apiclient_key.pem"));
    for lines in [
        format!("certificate = {}", file("legacy.p12")),
        format!("certificate = {pem}\ncertificate_key = {key}"),
    ] {
        let config = certificate(&lines).unwrap();
        let line = StartLine::of(&config).to_string();
        assert!(line.contains("certificate until 2050-01-01"), "{line}");
        let facts = config.certificate.unwrap().facts().unwrap();
        assert_eq!(facts.mch_id.as_deref(), Some("10000100"));
    }
    for (lines, told) in [
        (
            format!("certificate = {pem}"),
            "`merchant.certificate` is apiclient_cert.p12 alone",
        ),
        (
            "certificate = \"nowhere.p12\"".to_owned(),
            "`merchant.certificate` does not exist",
        ),
        (
            format!("certificate = {pem}\ncertificate_key = \"nowhere.pem\""),
            "`merchant.certificate_key` names a file that cannot be used: it does not exist",
        ),
        (
            format!("certificate = {pem}\ncertificate_key = {pem}"),
            "`merchant.certificate_key` holds no private key",
        ),
        (
            format!("certificate = {key}\ncertificate_key = {key}"),
            "`merchant.certificate` cannot be used: merchant certificate file holds no certificate",
        ),
        (
            format!("certificate_key = {key}"),
            "`merchant.certificate` is missing",
        ),
        (
            format!(
                "certificate = {}\ncertificate_key = {key}",
                file("legacy.p12")
            ),
            "`merchant.certificate_key` is not needed",
        ),
    ] {
        let _ = certificate(&lines);
        let mistakes = workshop.mistakes(&[]);
        assert_eq!(mistakes.len(), 1, "{mistakes:?}");
        assert!(mistakes[0].contains(told), "{mistakes:?}");
    }
    workshop.set(
        "mch_id",
        &format!("mch_id = \"10000101\"\ncertificate = {pem}\ncertificate_key = {key}"),
    );
    let mistakes = workshop.mistakes(&[]);
    assert!(
        mistakes[0].contains("belongs to merchant 10000100"),
        "{mistakes:?}"
    );
}

#[test]
fn a_missing_file_is_said_in_a_sentence() {
    let error = Config::load(&PathBuf::from("/nowhere/checkout.toml")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "/nowhere/checkout.toml: does not exist: pass the configuration's path with --config"
    );
}
