//! `check`, and what a start says.

use super::program::run;
use super::workshop::Workshop;

#[test]
fn a_good_configuration_is_summed_up_without_secrets_and_without_a_database() {
    let workshop = Workshop::new();
    let said = run(&workshop, &["check"], &[]);
    assert!(said.status.unwrap().success(), "{}", said.text());
    for told in [
        "is good",
        "merchant 1900000001 (wx5100000000000001, HMAC-SHA256)",
        "gateway http://127.0.0.1:9",
        "store sqlite ",
        "products 2 with 2 codes",
        "behind_proxy false",
        "vip-month  VIP 月度会员  ¥19.90  31 days",
    ] {
        assert!(said.stdout.contains(told), "{told}: {}", said.stdout);
    }
    assert!(!workshop.path("checkout.db").exists());

    let url = "postgres://shop:hunter2@db.example:5433/shop";
    let said = run(&workshop, &["--store", url, "check"], &[]);
    assert!(
        said.stdout.contains("store postgres db.example:5433/shop"),
        "{}",
        said.stdout
    );
    assert!(!said.text().contains("hunter2"));
}

#[test]
fn every_mistake_is_told_at_once() {
    let workshop = Workshop::new();
    workshop.set("mch_id", "mch_id = 1900000001");
    workshop.set_in_catalog("price", "price = 19.90");
    workshop.write("codes.txt", "a b\n");
    let said = run(&workshop, &["check"], &[]);
    assert_eq!(said.status.unwrap().code(), Some(1));
    let told: Vec<&str> = said.stdout.lines().collect();
    assert_eq!(told.len(), 3, "{told:?}");
    // The start says the same.
    let start = run(&workshop, &[], &[]);
    assert_eq!(start.status.unwrap().code(), Some(1));
    for line in told {
        assert_eq!(
            start.text().matches(line).count(),
            1,
            "{line}: {}",
            start.text()
        );
    }
}

#[test]
fn a_start_says_what_it_runs_with_and_warns_of_a_database_that_it_created() {
    let workshop = Workshop::new();
    let variables = [
        ("RUST_LOG".into(), "info".into()),
        ("CHECKOUT_PORT".into(), "tcp://10.0.0.1".into()),
    ];
    let first = run(&workshop, &[], &variables).text();
    for told in [
        "merchant 1900000001 (wx5100000000000001, HMAC-SHA256); gateway http://127.0.0.1:9; store sqlite ",
        "checkout.db (created empty); products 2 with 2 codes; listen 127.0.0.1:",
        "did not exist and was created empty",
        "CHECKOUT_PORT: no variables of the configuration",
    ] {
        assert_eq!(first.matches(told).count(), 1, "{told}: {first}");
    }
    assert!(first.contains("WARN"), "{first}");
    let second = run(&workshop, &[], &variables).text();
    assert!(second.contains("checkout.db (no orders yet)"), "{second}");
    assert!(!second.contains("created empty"), "{second}");
}
