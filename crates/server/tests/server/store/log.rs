//! SQLite's log is written back beside the writer, and stays short.

use std::path::Path;

use rusqlite::Connection;
use wechat_checkout_server::store::sqlite::{Durability, SqliteStore};

use super::{Home, place};
use crate::sample::order;

/// How long the log should become here, in pages.
const PAGES: u32 = 32;

/// More than one commit adds.
const COMMIT_BYTES: u64 = 32 * 4_096;

/// Four times as long at most, and one more commit.
const LONGEST_BYTES: u64 = 4 * 32 * 4_096 + COMMIT_BYTES;

/// Places orders one after the other: each is a commit of six pages or more.
async fn place_some(store: &SqliteStore, numbers: std::ops::Range<u32>) {
    for number in numbers {
        let mut new = order(&format!("order-{number:05}"));
        new.openid = crate::sample::buyer(&format!("buyer-{number:05}"));
        let _ = place(store, new, &format!("key-{number:013}")).await;
    }
}

fn log_bytes(folder: &Path) -> u64 {
    std::fs::metadata(folder.join("test.db-wal")).unwrap().len()
}

#[tokio::test]
async fn it_stays_short_while_commits_go_on() {
    let home = Home::sqlite();
    let folder = home.folder();
    let database = folder.join("test.db");
    let store = SqliteStore::open_with_log(&database, Durability::Normal, PAGES).unwrap();
    place_some(&store, 0..1_000).await;
    let longest = log_bytes(folder);
    assert!(
        longest < LONGEST_BYTES,
        "the log became {longest} bytes long"
    );
}

#[tokio::test]
async fn a_long_reader_makes_it_grow_and_stops_nobody() {
    let home = Home::sqlite();
    let folder = home.folder();
    let database = folder.join("test.db");
    let store = SqliteStore::open_with_log(&database, Durability::Normal, PAGES).unwrap();
    let reader = Connection::open(&database).unwrap();
    reader.execute_batch("BEGIN; SELECT * FROM orders").unwrap();
    place_some(&store, 0..400).await;
    let grown = log_bytes(folder);
    assert!(grown > LONGEST_BYTES, "the reader needs the log");
    let count = || -> u32 {
        let sql = "SELECT count(*) FROM orders";
        reader.query_row(sql, [], |row| row.get(0)).unwrap()
    };
    assert_eq!(count(), 0, "and sees what it saw");
    reader.execute_batch("COMMIT").unwrap();
    assert_eq!(count(), 400);

    place_some(&store, 400..2_000).await;
    let grown_on = log_bytes(folder) - grown;
    assert!(
        grown_on < COMMIT_BYTES,
        "it begins anew, in the same file: {grown_on}"
    );
}
