//! Which payment directory an address needs, and when one full load helps.

use wechat_checkout::pay_directory::{PayAddresses, covers, directory_of, is_ios};

fn addresses(is_ios: bool, landing: &str, present: &str) -> PayAddresses {
    PayAddresses {
        landing: landing.to_owned(),
        present: present.to_owned(),
        is_ios,
    }
}

#[test]
fn the_directory_ends_in_a_slash_and_ignores_query_and_fragment() {
    for (address, directory) in [
        ("https://a.example/", "https://a.example/"),
        ("https://a.example/pay", "https://a.example/"),
        ("https://a.example/shop/pay", "https://a.example/shop/"),
        ("https://a.example/shop/", "https://a.example/shop/"),
        (
            "https://a.example/shop/?next=/x/y",
            "https://a.example/shop/",
        ),
        ("https://a.example/#/pay/now", "https://a.example/"),
        ("https://a.example/s/?#/pay/now", "https://a.example/s/"),
        (
            "https://a.example:8443/S/p.html",
            "https://a.example:8443/S/",
        ),
    ] {
        assert_eq!(directory_of(address), directory, "{address}");
    }
}

#[test]
fn a_root_entry_covers_its_domain_and_any_other_exactly_one_directory() {
    for (registered, address, is_covered) in [
        ("https://a.example/", "https://a.example/x/y?z", true),
        ("https://a.example/", "http://a.example/x", false),
        (
            "https://a.example/",
            "https://a.example.evil.example/",
            false,
        ),
        ("https://a.example/", "https://a.example:8443/", false),
        ("https://a.example/s/", "https://a.example/s/pay", true),
        ("https://a.example/s/", "https://a.example/s/?order=1", true),
        (
            "https://a.example/s/",
            "https://a.example/s/deep/pay",
            false,
        ),
        ("https://a.example/s/", "https://a.example/", false),
        ("https://a.example/s/", "https://a.example/S/pay", false),
        ("https://a.example/s", "https://a.example/s/pay", false),
        ("https://a.example", "https://a.example/pay", false),
        ("", "https://a.example/pay", false),
    ] {
        let words = format!("{registered} {address}");
        assert_eq!(covers(registered, address), is_covered, "{words}");
    }
}

#[test]
fn android_judges_the_present_address_and_ios_the_landing() {
    let (landing, present) = ("https://a.example/", "https://a.example/shop/pay?x=1");
    let android = addresses(false, landing, present);
    assert_eq!(android.directory(), "https://a.example/shop/");
    assert!(!android.needs_full_load(None));
    let ios = addresses(true, landing, present);
    assert_eq!(ios.directory(), "https://a.example/");
    assert!(ios.needs_full_load(None));
}

#[test]
fn a_full_load_is_wanted_only_where_it_changes_the_verdict() {
    let (landing, present) = ("https://a.example/", "https://a.example/shop/pay");
    let ios = addresses(true, landing, present);
    // The root covers both: nothing to do.
    assert!(!ios.needs_full_load(Some("https://a.example/")));
    assert!(ios.needs_full_load(Some("https://a.example/shop/")));
    // Nothing that a load of this address could cure.
    assert!(!ios.needs_full_load(Some("https://a.example/elsewhere/")));
    // After the load, both are one: it is never wanted twice.
    let loaded = addresses(true, present, present);
    assert!(!loaded.needs_full_load(None));
    assert!(!loaded.needs_full_load(Some("https://a.example/shop/")));
    // Only the query changed: the same directory.
    let query = addresses(true, "https://a.example/s/", "https://a.example/s/?order=1");
    assert!(!query.needs_full_load(None));
}

#[test]
fn the_advice_names_the_very_directory() {
    let (landing, present) = ("https://a.example/", "https://a.example/shop/pay");
    let android = addresses(false, landing, present).advice();
    assert!(android.contains(" https://a.example/shop/ "), "{android}");
    let ios = addresses(true, landing, present).advice();
    assert!(ios.contains(" https://a.example/ "), "{ios}");
    assert!(!ios.contains("shop"), "{ios}");
}

#[test]
fn phones_and_tablets_of_apple_are_told_from_others() {
    assert!(is_ios(
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X)"
    ));
    assert!(is_ios("Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X)"));
    assert!(!is_ios("Mozilla/5.0 (Linux; Android 14)"));
    assert!(!is_ios("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"));
}
