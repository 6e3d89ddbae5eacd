//! The contract that every store keeps, run on each.

mod due;
mod journal;
mod log;
mod migration;
mod outage;
mod paying;
mod placing;
#[cfg(unix)]
mod private;
mod session_ends;
mod sharing;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use wechat_checkout_protocol::{ProductId, Translations, UnixMillis};
use wechat_checkout_server::catalog::{Catalog, Product, Unit};
use wechat_checkout_server::order::{Order, OrderEvent};
use wechat_checkout_server::store::postgres::{PostgresAddress, PostgresStore};
use wechat_checkout_server::store::sqlite::{Durability, SqliteStore};
use wechat_checkout_server::store::{Advanced, Placed, Store};

use crate::cluster::Database;
use crate::sample::{payment, voucher_order, wish};

/// Makes a test for each store of functions that take a [`Home`].
macro_rules! on_every_store {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name(&super::Home::sqlite()).await;
            })*
        }
        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                super::$name(&super::Home::postgres().await).await;
            })*
        }
    };
}
use on_every_store;

/// Where a test's database lives; it goes with the test.
enum Home {
    Sqlite { folder: PathBuf },
    Postgres(Database),
}

impl Home {
    fn sqlite() -> Home {
        let name = format!("wechat-checkout-{}", uuid::Uuid::now_v7().simple());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        Home::Sqlite { folder }
    }

    async fn postgres() -> Home {
        Home::Postgres(Database::create().await)
    }

    /// Of a SQLite database.
    fn folder(&self) -> &Path {
        match self {
            Home::Sqlite { folder } => folder,
            Home::Postgres(_) => panic!("PostgreSQL has no folder here"),
        }
    }

    async fn open(&self) -> Arc<dyn Store> {
        match self {
            Home::Sqlite { folder } => {
                Arc::new(SqliteStore::open(&folder.join("test.db"), Durability::Full).unwrap())
            }
            Home::Postgres(database) => Arc::new(open_postgres(database).await),
        }
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if let Home::Sqlite { folder } = self {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

async fn open_postgres(database: &Database) -> PostgresStore {
    let address = PostgresAddress::parse(database.url().as_str()).unwrap();
    PostgresStore::open(&address).await.unwrap()
}

async fn stocked(home: &Home, codes: &[&str]) -> Arc<dyn Store> {
    let store = home.open().await;
    store.stock_up(&stock(codes)).await.unwrap();
    store
}

fn stock(codes: &[&str]) -> Catalog {
    let product = Product {
        id: ProductId::parse("coffee-voucher").unwrap(),
        title: "咖啡兑换券".to_owned(),
        title_translations: Translations::default(),
        subtitle_translations: Translations::default(),
        description: None,
        validity: None,
        how_to_use: None,
        subtitle: String::new(),
        price: voucher_order("price-1", 1).amount_total,
        price_before: None,
        is_best_value: false,
        unit: Unit::Voucher {
            codes: codes.iter().map(|code| (*code).to_owned()).collect(),
        },
    };
    Catalog {
        products: vec![product],
    }
}

async fn place(store: &dyn Store, order: Order, key: &str) -> Placed {
    store.place(wish(order, key)).await.unwrap()
}

async fn pay(store: &dyn Store, order: &Order, transaction_id: &str, at: UnixMillis) -> Advanced {
    let event = OrderEvent::Paid(payment(order, transaction_id));
    store.advance(&order.id, event, at).await.unwrap()
}
