//! What is said of each mistake in the file.

use super::workshop::Workshop;

#[test]
fn each_mistake_is_said_once_with_its_line_its_key_and_its_fix() {
    for (key, line, told) in [
        (
            "listen",
            "listen = \"here\"",
            "checkout.toml:1: `listen` takes an address and a port",
        ),
        (
            "listen",
            "listen = 8080",
            "checkout.toml:1: `listen` takes text: put it in quotes",
        ),
        (
            "listen",
            "",
            "checkout.toml: `listen` is missing: write \"127.0.0.1:8080\", here or in CHECKOUT_LISTEN",
        ),
        (
            "public_origins",
            "public_origins = \"https://a.example\"",
            "checkout.toml:2: `public_origins` takes a list of texts",
        ),
        (
            "public_origins",
            "public_origins = []",
            "checkout.toml:2: `public_origins` is empty",
        ),
        (
            "public_origins",
            "public_origins = [\"http://shop.example\"]",
            "checkout.toml:2: `public_origins` must be https",
        ),
        (
            "public_origins",
            "public_origins = [\"https://shop.example/pay/\"]",
            "checkout.toml:2: `public_origins` takes scheme, host and port only",
        ),
        (
            "store",
            "store = \"mysql://x\"",
            "checkout.toml:3: `store` takes \"sqlite://\"",
        ),
        (
            "store",
            "store = \"postgres://db.example/shop\"",
            "checkout.toml:3: `store` needs a host, a user and a database",
        ),
        (
            "catalog",
            "catalog = \"nowhere.toml\"",
            "nowhere.toml: does not exist: `catalog` takes its path",
        ),
        (
            "session_key",
            "session_key = 1234567890123456",
            "checkout.toml:5: `session_key` takes text",
        ),
        (
            "session_key",
            "session_key = \"short\"",
            "checkout.toml:5: `session_key` needs at least 32 characters",
        ),
        (
            "session_key",
            "session_key = [\"a\", \"b\"]",
            "checkout.toml:5: `session_key` takes one text, not a list",
        ),
        (
            "session_key",
            "session_key = true",
            "checkout.toml:5: `session_key` takes text",
        ),
        (
            "behind_proxy",
            "behind_proxi = true",
            "checkout.toml:6: `behind_proxi` is no key here: did you mean `behind_proxy`?",
        ),
        (
            "behind_proxy",
            "behind_proxy = \"yes\"",
            "checkout.toml:6: `behind_proxy` takes true or false",
        ),
        (
            "behind_proxy",
            "colour = \"red\"",
            "checkout.toml:6: `colour` is no key here: take it out",
        ),
        (
            "behind_proxy",
            "api_key = \"x\"",
            "checkout.toml:6: `api_key` is no key here: did you mean `merchant.api_key`?",
        ),
        (
            "name",
            "name = \"\"",
            "checkout.toml:8: `merchant.name` is empty",
        ),
        (
            "appid",
            "appid = \"wx 51\"",
            "checkout.toml:9: `merchant.appid` takes the appid",
        ),
        (
            "mch_id",
            "mch_id = 1900000001",
            "checkout.toml:10: `merchant.mch_id` takes text: put it in quotes",
        ),
        (
            "mch_id",
            "mch_id = \"19-1\"",
            "checkout.toml:10: `merchant.mch_id` takes the merchant number",
        ),
        (
            "api_key",
            "api_key = \"SimulatedApiKey\"",
            "checkout.toml:11: `merchant.api_key` is not the API v2 key",
        ),
        (
            "api_key",
            "api_key = Unquoted",
            "checkout.toml:11: `merchant.api_key` is not TOML: put the text in quotes",
        ),
        (
            "api_key",
            "api_key = \"Unclosed",
            "checkout.toml:11: `merchant.api_key` is not TOML: a quote is missing",
        ),
        (
            "sign_type",
            "sign_type = \"SHA1\"",
            "checkout.toml:12: `merchant.sign_type` takes \"HMAC-SHA256\" or \"MD5\"",
        ),
        (
            "base_url",
            "base_url = \"8089\"",
            "checkout.toml:14: `gateway.base_url` takes an absolute URL",
        ),
        (
            "base_url",
            "base_url = \"https://a:b@api.example\"",
            "checkout.toml:14: `gateway.base_url` takes a URL without a user",
        ),
        (
            "base_url",
            "base_url = \"https://api.mch.weixin.qq.com\"",
            "checkout.toml: `gateway.notify_origin` is missing",
        ),
        (
            "expires_after_s",
            "expires_after_s = 60",
            "checkout.toml:18: `orders.expires_after_s` takes 120 to 7200 seconds",
        ),
        (
            "expires_after_s",
            "expires_after_s = \"900\"",
            "checkout.toml:18: `orders.expires_after_s` takes 120 to 7200 seconds, without quotes",
        ),
        (
            "expires_after_s",
            "expires_after_s = 900.5",
            "checkout.toml:18: `orders.expires_after_s` takes 120 to 7200 seconds, as a whole number",
        ),
        (
            "expires_after_s",
            "open_max = 0",
            "checkout.toml:18: `orders.open_max` takes 1 to 100 orders",
        ),
        (
            "expires_after_s",
            "open_max = 99999999999999999999",
            "checkout.toml:18: `orders.open_max` takes 1 to 100 orders",
        ),
        (
            "expires_after_s",
            "[limits]\nbuyer_per_minute = -1",
            "checkout.toml:19: `limits.buyer_per_minute` takes 0 to 1000000 requests",
        ),
        (
            "token",
            "",
            "checkout.toml:19: `admin` is a section without keys",
        ),
        ("url", "", "checkout.toml: `webhook.url` is missing"),
        (
            "secret",
            "secret = \"whsec_short\"",
            "checkout.toml:23: `webhook.secret` takes `whsec_`",
        ),
        ("secret", "", "checkout.toml: `webhook.secret` is missing"),
        (
            "[orders]",
            "[oders]",
            "checkout.toml:17: `oders` is no key here: did you mean `orders`?",
        ),
        (
            "[orders]",
            "[[orders]]",
            "checkout.toml:17: `orders` is a section: write [orders]",
        ),
        (
            "name",
            "name = \"a\"\nname = \"b\"",
            "checkout.toml:9: `merchant.name` stands here a second time",
        ),
        (
            "app_secret",
            "app_secret = \"a b\"",
            "checkout.toml:16: `oauth.app_secret` takes visible ASCII",
        ),
        (
            "[oauth]",
            "[shop]\ncontact = \"call us\"\n[oauth]",
            "checkout.toml:16: `shop.contact` takes an https address or a telephone",
        ),
        (
            "[oauth]",
            "[shop]\nvoucher_name = { en = \"x\" }\n[oauth]",
            "checkout.toml:16: `shop.voucher_name` needs its Simplified Chinese text",
        ),
        (
            "[merchant]",
            "[merchants]",
            "checkout.toml:7: `merchants` is no key here: did you mean `merchant`?",
        ),
        (
            "name",
            "Name = \"x\"",
            "checkout.toml:8: `merchant.Name` is no key here: did you mean `merchant.name`?",
        ),
        (
            "name",
            "merchant.name = \"x\"",
            "checkout.toml:8: `merchant.merchant` stands below its own section",
        ),
        (
            "public_origins",
            "public_origins = [\"http://127.0.0.1:1\"",
            "checkout.toml:2: `public_origins` is not TOML: its closing ] is missing",
        ),
        (
            "api_key",
            "api_key = \"\"\"abc",
            "checkout.toml:11: `merchant.api_key` is not TOML: its closing \"\"\" is missing",
        ),
        (
            "behind_proxy",
            "behind_proxy = True",
            "checkout.toml:6: `behind_proxy` is not TOML: write true or false",
        ),
    ] {
        let workshop = Workshop::new();
        workshop.set(key, line);
        let mistakes = workshop.mistakes(&[]);
        assert_eq!(mistakes.len(), 1, "{line}: {mistakes:#?}");
        assert!(mistakes[0].starts_with(told), "{line}: {mistakes:#?}");
    }
}

#[test]
fn all_mistakes_are_said_at_once_and_none_that_only_follows() {
    let workshop = Workshop::new();
    let text = workshop
        .configuration()
        .replace("listen = ", "listn = ")
        .replace("mch_id = \"1900000001\"", "mch_id = 1900000001")
        .replace(
            &format!("session_key = \"{}\"", workshop.session_key),
            "session_key = \"short\"",
        )
        .replace("expires_after_s = 900", "expires_after_s = 9")
        .replace("secret = \"whsec_", "secret = \"");
    workshop.write("checkout.toml", text);
    workshop.set_in_catalog("price", "price = 19.90");
    workshop.write("codes.txt", "CODE 1\nCODE-2\nCODE-2\n");
    let mistakes = workshop.mistakes(&[]);
    let begins: Vec<&str> = mistakes
        .iter()
        .filter_map(|line| line.split('`').nth(1).or(line.split(": ").nth(1)))
        .collect();
    assert_eq!(
        begins,
        [
            "listn",
            "session_key",
            "merchant.mch_id",
            "orders.expires_after_s",
            "webhook.secret",
            "price",
            "column 5",
            "the same code stands in codes.txt:2",
        ],
        "{mistakes:#?}"
    );

    // A line that is not TOML may hold what is missing, so nothing is said of that.
    let workshop = Workshop::new();
    workshop.set("session_key", "session_key = \"unclosed\nexpires_after = 5");
    let mistakes = workshop.mistakes(&[]);
    assert_eq!(mistakes.len(), 2, "{mistakes:#?}");
    assert!(
        mistakes[0].starts_with("checkout.toml:5: `session_key` is not TOML"),
        "{mistakes:#?}"
    );
    assert!(
        mistakes[1].starts_with("checkout.toml:6: `expires_after` is no key"),
        "{mistakes:#?}"
    );
}

#[test]
fn a_file_is_read_as_editors_on_all_systems_write_it() {
    let workshop = Workshop::new();
    let text = workshop.configuration();
    workshop.write(
        "checkout.toml",
        format!("\u{FEFF}{}", text.replace('\n', "\r\n")),
    );
    workshop.load().unwrap();
    let utf16: Vec<u8> = [0xFF, 0xFE]
        .into_iter()
        .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    for (bytes, told) in [
        (
            utf16.as_slice(),
            "checkout.toml: is UTF-16: save it as UTF-8",
        ),
        (
            b"listen = \"a\"\nname = \"\xc7\xe1\"\n".as_slice(),
            "checkout.toml: is not UTF-8 in line 2: save it as UTF-8",
        ),
    ] {
        workshop.write("checkout.toml", bytes);
        assert_eq!(workshop.mistakes(&[]), [told]);
    }
}

#[test]
fn blanks_around_a_text_are_left_out() {
    let workshop = Workshop::new();
    let key = workshop.api_key.clone();
    workshop.set("api_key", &format!("api_key = \" \u{FEFF}{key}\\n\""));
    workshop.load().unwrap();
}
