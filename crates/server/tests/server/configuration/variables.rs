//! Variables: texts are texts, lists have commas, and those of others do not stop the start.

use secrecy::ExposeSecret;

use super::workshop::Workshop;

#[test]
fn a_known_keys_text_is_taken_as_text() {
    let workshop = Workshop::new();
    let digits = "12345678901234567890123456789012";
    let config = workshop
        .load_with(&[
            ("CHECKOUT_MERCHANT__MCH_ID", "1900000109"),
            ("CHECKOUT_MERCHANT__NAME", "123"),
            ("CHECKOUT_MERCHANT__API_KEY", digits),
            ("CHECKOUT_SESSION_KEY", "1e100000000000000000000000000000"),
            ("CHECKOUT_OAUTH__APP_SECRET", "true"),
            ("CHECKOUT_ORDERS__EXPIRES_AFTER_S", "1200"),
            ("CHECKOUT_BEHIND_PROXY", "TRUE"),
        ])
        .unwrap();
    assert_eq!(config.merchant.mch_id(), "1900000109");
    assert_eq!(config.shop.name, "123");
    assert_eq!(config.app_secret.expose_secret(), "true");
    assert!(config.session_key.expose_secret().starts_with("1e1"));
    assert_eq!(config.orders_expire_after_ms, 1_200_000);
    assert!(config.is_behind_proxy);
}

/// `docker --env-file` keeps quotes, secret stores add line ends, Windows adds a mark.
#[test]
fn quotes_and_blanks_around_a_value_are_left_out() {
    let workshop = Workshop::new();
    let key = workshop.session_key.clone();
    for written in [
        format!("\"{key}\""),
        format!("'{key}'"),
        format!(" {key}\r\n"),
        format!("\u{FEFF}{key}"),
    ] {
        let config = workshop.load_with(&[("CHECKOUT_SESSION_KEY", &written)]);
        assert_eq!(config.unwrap().session_key.expose_secret(), key);
    }
}

#[test]
fn a_list_has_commas_or_is_written_as_in_the_file() {
    let workshop = Workshop::new();
    for written in [
        "https://a.example, https://b.example",
        "https://a.example,https://b.example,",
        "[\"https://a.example\", \"https://b.example\"]",
    ] {
        let config = workshop.load_with(&[("CHECKOUT_PUBLIC_ORIGINS", written)]);
        let origins = config.unwrap().public_origins;
        assert_eq!(origins, ["https://a.example", "https://b.example"]);
    }
    let mistakes = workshop.mistakes(&[("CHECKOUT_PUBLIC_ORIGINS", "[\"https://a.example\"")]);
    assert_eq!(
        mistakes,
        ["CHECKOUT_PUBLIC_ORIGINS: `public_origins` takes texts with commas between them, a, b"]
    );
}

#[test]
fn a_mistake_names_the_variable() {
    let workshop = Workshop::new();
    for (name, value, told) in [
        (
            "CHECKOUT_MERCHANT__MCH_ID",
            "nineteen",
            "`merchant.mch_id` takes the merchant number",
        ),
        (
            "CHECKOUT_ORDERS__OPEN_MAX",
            "many",
            "`orders.open_max` takes 1 to 100 orders",
        ),
        (
            "CHECKOUT_BEHIND_PROXY",
            "maybe",
            "`behind_proxy` takes true or false",
        ),
        ("CHECKOUT_STORE", "mysql://x", "`store` takes \"sqlite://\""),
        (
            "CHECKOUT_LISTEN",
            "",
            "`listen` is empty: write \"127.0.0.1:8080\", or unset",
        ),
        (
            "CHECKOUT_SHOP__CONTACT",
            "us",
            "`shop.contact` takes an https address",
        ),
    ] {
        let mistakes = workshop.mistakes(&[(name, value)]);
        assert_eq!(mistakes.len(), 1, "{mistakes:?}");
        assert!(
            mistakes[0].starts_with(&format!("{name}: {told}")),
            "{mistakes:?}"
        );
    }
}

/// So that one file serves several places.
#[test]
fn an_empty_variable_takes_away_what_the_file_sets() {
    let workshop = Workshop::new();
    let config = workshop.load_with(&[
        ("CHECKOUT_ADMIN__TOKEN", ""),
        ("CHECKOUT_WEBHOOK__URL", ""),
        ("CHECKOUT_WEBHOOK__SECRET", " "),
        ("CHECKOUT_ORDERS__EXPIRES_AFTER_S", ""),
    ]);
    let config = config.unwrap();
    assert!(config.admin_token.is_none() && config.webhook.is_none());
    assert_eq!(config.orders_expire_after_ms, 900_000);
}

#[test]
fn variables_of_others_are_a_warning() {
    let workshop = Workshop::new();
    let config = workshop.load_with(&[
        ("CHECKOUT_SERVICE_HOST", "10.0.0.1"),
        ("CHECKOUT_SERVICE_PORT", "8080"),
        ("CHECKOUT_SERVICE_PORT_HTTP", "8080"),
        ("CHECKOUT_PORT", "tcp://10.0.0.1:8080"),
        ("CHECKOUT_PORT_8080_TCP_ADDR", "10.0.0.1"),
        ("CHECKOUT_MERCHANT_API_KEY", "x"),
        ("CHECKOUT_SESION_KEY", "x"),
        ("CHECKOUT_TEST_POSTGRES", "x"),
        ("CHECKOUT_CONFIG_FILE", "x"),
        ("PATH", "x"),
    ]);
    let warnings = config.unwrap().warnings;
    assert_eq!(
        warnings,
        [
            "CHECKOUT_MERCHANT_API_KEY: there is no such variable, it is ignored: did you mean \
             CHECKOUT_MERCHANT__API_KEY?",
            "CHECKOUT_SESION_KEY: there is no such variable, it is ignored: did you mean \
             CHECKOUT_SESSION_KEY?",
            "CHECKOUT_PORT, CHECKOUT_PORT_8080_TCP_ADDR, CHECKOUT_SERVICE_HOST, \
             CHECKOUT_SERVICE_PORT, CHECKOUT_SERVICE_PORT_HTTP: no variables of the \
             configuration, they are ignored",
        ]
    );
}
