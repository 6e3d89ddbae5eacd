//! The files of a SQLite database are their owner's alone.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use wechat_checkout_server::store::Store;
use wechat_checkout_server::store::sqlite::{Durability, SqliteStore};

use super::{Home, place};
use crate::sample::order;

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[tokio::test]
async fn new_files_and_folders_are_private_and_wider_ones_are_tightened() {
    let home = Home::sqlite();
    let folder = home.folder().join("made/for/it");
    let path = folder.join("shop.db");
    let open = || SqliteStore::open(&path, Durability::Full).unwrap();
    let store = open();
    let _ = place(&store, order("order-0001"), "key-0000000000001").await;
    store.prove_commit().await.unwrap();
    for made in [&folder, &home.folder().join("made")] {
        assert_eq!(mode(made), 0o700, "{}", made.display());
    }
    let names = files(&folder);
    assert!(names.len() >= 3, "database, log and index: {names:?}");
    for file in &names {
        assert_eq!(mode(file), 0o600, "{}", file.display());
        let wide = std::fs::Permissions::from_mode(0o644);
        std::fs::set_permissions(file, wide).unwrap();
    }
    let again = open();
    for file in files(&folder) {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    let found = again.order(&order("order-0001").id).await.unwrap();
    assert!(found.is_some());
}
