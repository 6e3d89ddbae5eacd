//! The operators' command line: asks before money moves, speaks yuan to people and fen to programs.

use std::process::{Command, Output, Stdio};

use serde_json::Value;
use wechat_checkout_protocol::{OrderStatus, OrderView};

use crate::shop::{self, Folder, Shop};

/// A shop with a paid order, and a terminal without anybody at it.
struct Desk {
    shop: Shop,
    folder: Folder,
    order: OrderView,
}

impl Desk {
    async fn open() -> Desk {
        let shop = Shop::open().await;
        let buyer = shop.buyer("alice").await;
        let order = buyer.order("coffee-voucher", "key-of-the-first-wish").await;
        shop.wechat.pay(order.id.as_str()).unwrap();
        shop.pass(2).await;
        let order = buyer.see_status(&order, OrderStatus::Confirmed).await;
        let (folder, _) = shop::prepare().await;
        std::fs::write(folder.join("checkout.toml"), shop::config(&shop.wechat)).unwrap();
        Desk {
            shop,
            folder,
            order,
        }
    }

    async fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wechat-checkout-server"));
        command
            .arg("--config")
            .arg(self.folder.join("checkout.toml"))
            .args(["--server", &self.shop.server.url()])
            .args(arguments)
            .stdin(Stdio::null());
        let running = tokio::task::spawn_blocking(move || command.output());
        running.await.unwrap().unwrap()
    }

    async fn refunds(&self) -> usize {
        let store = &self.shop.server.app().store;
        store.refunds_of(&self.order.id).await.unwrap().len()
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test]
async fn a_refund_sends_back_what_is_left_once_and_never_without_being_asked_for() {
    let desk = Desk::open().await;
    let id = desk.order.id.as_str();
    let refused = desk.run(&["refund", id]).await;
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("--yes"));
    assert_eq!(desk.refunds().await, 0);

    let yuan = desk.run(&["refund", id, "--yes", "--amount", "5.00"]).await;
    assert!(!yuan.status.success());
    assert!(text(&yuan.stderr).contains("5.00 yuan is 500"));
    let nameless = desk.run(&["refund", id, "--yes", "--amount", "500"]).await;
    assert!(text(&nameless.stderr).contains("--out-refund-no"));
    assert_eq!(desk.refunds().await, 0);

    let part = ["--amount", "500", "--out-refund-no", "part-1"];
    let part = desk
        .run(&[&["refund", id, "--yes"], &part[..]].concat())
        .await;
    assert!(part.status.success(), "{}", text(&part.stderr));
    let words = text(&part.stdout);
    assert!(
        words.contains("¥5.00 on its way back, ¥10.00 left"),
        "{words}"
    );

    for _ in 0..2 {
        let rest = desk.run(&["refund", id, "--yes"]).await;
        assert!(rest.status.success(), "{}", text(&rest.stderr));
        let words = text(&rest.stdout);
        assert!(
            words.contains("¥15.00 on its way back, ¥0.00 left"),
            "{words}"
        );
        assert_eq!(desk.refunds().await, 2);
    }
    let json = desk.run(&["--json", "order", id]).await;
    let seen: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(seen["order"]["amount_refunding"], 1_500);
    let refunds = seen["refunds"].as_array().unwrap();
    let part = refunds.iter().find(|one| one["out_refund_no"] == "part-1");
    assert_eq!(part.unwrap()["amount"], 500);
}
