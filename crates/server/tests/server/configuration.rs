//! A configuration mistake stops the start with a sentence that names the key.

use std::path::PathBuf;

use wechat_checkout_server::Config;

const GOOD: &str = include_str!("../../config/demo.toml");

/// The demonstration's configuration with one line changed, next to the real catalogue.
fn load(from: &str, to: &str) -> Result<Config, String> {
    assert!(GOOD.contains(from), "{from}");
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/config"));
    let catalog = folder.join("catalog.toml").display().to_string();
    let text = GOOD
        .replace(from, to)
        .replace("\"catalog.toml\"", &format!("{catalog:?}"));
    let name = format!("checkout-{}.toml", uuid::Uuid::now_v7().simple());
    let file = std::env::temp_dir().join(name);
    std::fs::write(&file, text).unwrap();
    let config = Config::load(&file).map_err(|error| error.to_string());
    let _ = std::fs::remove_file(&file);
    config
}

#[test]
fn the_demonstrations_configuration_is_good() {
    let config = load("[orders]", "[orders]").unwrap();
    assert_eq!(config.catalog.products.len(), 6);
    assert_eq!(config.orders_expire_after_ms, 900_000);
}

/// The archive of WeChat's tool needs no second file: its password is the merchant number.
#[test]
fn the_merchant_certificate_is_one_archive_or_two_files() {
    let archive = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../gateway/tests/gateway/data/certificate/legacy.p12"
    );
    let number = "mch_id = \"1900000001\"";
    let merchant = format!("mch_id = \"10000100\"\ncertificate = {archive:?}");
    let config = load(number, &merchant).unwrap();
    let facts = config.certificate.unwrap().facts().unwrap();
    assert_eq!(facts.mch_id.as_deref(), Some("10000100"));

    for file in ["apiclient_cert.pem", "nowhere.p12"] {
        let error = load(number, &format!("{number}\ncertificate = {file:?}"));
        let error = error.map(|_| ()).unwrap_err();
        assert!(error.contains("merchant.certificate"), "{error}");
    }
}

#[test]
fn each_mistake_names_its_key() {
    for (from, to, key) in [
        ("listen = \"127.0.0.1:8080\"", "listen = \"here\"", "listen"),
        ("listen = \"127.0.0.1:8080\"", "", "listen"),
        ("store = \"sqlite://", "store = \"mysql://", "store"),
        (
            "\"http://127.0.0.1:8088\"",
            "\"http://shop.example.com\"",
            "public_origins",
        ),
        (
            "\"http://127.0.0.1:8088\"",
            "\"https://shop.example.com/pay/\"",
            "public_origins",
        ),
        (
            "demonstration-session-key-not-a-secret",
            "short",
            "session_key",
        ),
        (
            "SimulatedApiKeyForLocalUseOnly01",
            "SimulatedApiKey",
            "merchant.api_key",
        ),
        ("HMAC-SHA256", "SHA1", "merchant.sign_type"),
        ("name = \"轻松会员商城\"", "name = \"\"", "merchant.name"),
        (
            "base_url = \"http://127.0.0.1:8089\"",
            "base_url = \"8089\"",
            "gateway.base_url",
        ),
        (
            "base_url = \"http://127.0.0.1:8089\"",
            "base_url = \"https://api.mch.weixin.qq.com\"",
            "gateway.notify_origin",
        ),
        (
            "expires_after_s = 900",
            "expires_after_s = 60",
            "orders.expires_after_s",
        ),
        ("expires_after_s = 900", "expire_after_s = 900", "orders"),
    ] {
        let mistake = load(from, to).expect_err(to);
        assert!(mistake.contains(&format!("`{key}")), "{to} → {mistake}");
    }
}

#[test]
fn no_mistake_repeats_a_secret() {
    let mistake = load("SimulatedApiKeyForLocalUseOnly01", "SimulatedSecret").unwrap_err();
    assert!(!mistake.contains("SimulatedSecret"), "{mistake}");
}

#[test]
fn a_missing_file_is_said_in_a_sentence() {
    let error = Config::load(&PathBuf::from("/nowhere/checkout.toml")).unwrap_err();
    assert!(error.to_string().contains("--config"));
}
