//! The documents name every key with its variable and its default.

use wechat_checkout_server::config::keys::{Absent, KEYS};

const DOCUMENT: &str = include_str!("../../../../../docs/CONFIGURATION.md");

#[test]
fn every_key_is_documented_with_its_variable_and_its_default() {
    let rows: Vec<&str> = DOCUMENT
        .lines()
        .filter(|line| line.contains("| `CHECKOUT_"))
        .collect();
    assert_eq!(rows.len(), KEYS.len(), "one row for each key");
    for (key, row) in KEYS.iter().zip(rows) {
        let begin = format!("| `{}` | `{}` | ", key.name, key.variable());
        let rest = row
            .strip_prefix(&begin)
            .unwrap_or_else(|| panic!("{begin} is not in {row}"));
        match key.absent {
            Absent::Mistake(_) => assert!(rest.starts_with("needed"), "{row}"),
            Absent::Default(value) => assert!(rest.starts_with(&format!("`{value}`")), "{row}"),
            Absent::Off => {}
        }
    }
}
