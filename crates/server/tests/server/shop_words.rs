//! What the shop says reaches the page: texts in three languages, and what a purchase would give.

use wechat_checkout_protocol::{
    CatalogView, OrderListView, OrderStatus, ProductId, SessionView, UnixMillis,
};

use crate::shop::{DAY_MS, Shop, month_after, read};

#[tokio::test]
async fn a_product_and_its_order_have_their_texts_in_three_languages() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("lin").await;
    let catalog: CatalogView = read(buyer.get("/api/catalog").await).await;
    let coffee = ProductId::parse("coffee-voucher").unwrap();
    let product = catalog.products.iter().find(|one| one.id == coffee);
    let product = product.unwrap();
    assert_eq!(product.title, "咖啡兑换券");
    assert_eq!(
        product.title_translations.zh_tw.as_deref(),
        Some("咖啡兌換券")
    );
    assert_eq!(
        product.title_translations.en.as_deref(),
        Some("Coffee voucher")
    );
    assert!(product.subtitle_translations.en.is_some());
    assert!(product.description.is_some() && product.validity.is_some());
    assert_eq!(product.vip_days, None);
    let days: Vec<_> = catalog.products.iter().map(|one| one.vip_days).collect();
    assert_eq!(days[..3], [Some(31), Some(92), Some(366)]);

    let order = buyer.order("coffee-voucher", "key-1-for-the-words").await;
    assert_eq!(order.title, product.title);
    assert_eq!(order.title_translations, product.title_translations);
    assert_eq!(order.validity, product.validity);
    assert_eq!(order.how_to_use, product.how_to_use);
    assert_eq!((order.vip_days, order.vip_until_if_paid), (None, None));
}

/// What is bought under one name keeps none of what the catalogue says under another.
#[tokio::test]
async fn an_order_has_no_words_of_a_product_that_is_called_otherwise_now() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("lin").await;
    let order = buyer.order("coffee-voucher", "key-1-for-the-words").await;
    let mut record = shop
        .server
        .app()
        .store
        .order(&order.id)
        .await
        .unwrap()
        .unwrap();
    record.order.title = "茶饮兑换券".to_owned();
    let view = wechat_checkout_server::flow::view::order_view(shop.server.app(), record);
    assert!(view.title_translations.is_empty());
    assert_eq!((view.validity, view.how_to_use), (None, None));
}

#[tokio::test]
async fn an_open_order_says_when_the_membership_would_end() {
    let shop = Shop::open().await;
    let buyer = shop.buyer("lin").await;
    let now = shop.clock.now();
    let first = buyer.order("vip-month", "key-1-for-the-words").await;
    assert_eq!(first.vip_days, Some(31));
    assert_eq!(first.vip_until_if_paid, Some(month_after(now)));

    shop.wechat.pay(first.id.as_str()).unwrap();
    shop.pass(2).await;
    let first = buyer.see_status(&first, OrderStatus::Confirmed).await;
    assert_eq!((first.vip_days, first.vip_until_if_paid), (Some(31), None));

    // Ten days on, a year is added to what is left of the month.
    shop.pass(10 * 24 * 60 * 60).await;
    let second = buyer.order("vip-year", "key-2-for-the-words").await;
    let paid_at = first.confirmed_at.unwrap();
    let until: UnixMillis = month_after(paid_at).plus_ms(366 * DAY_MS);
    assert_eq!(second.vip_until_if_paid, Some(until));
    assert_eq!(buyer.see(&second).await.vip_until_if_paid, Some(until));

    let list: OrderListView = read(buyer.get("/api/orders").await).await;
    let listed = list.orders.iter().find(|one| one.id == second.id).unwrap();
    assert_eq!(
        (listed.vip_days, listed.vip_until_if_paid),
        (Some(366), None)
    );
}

#[tokio::test]
async fn everybody_learns_where_to_turn_to_and_what_vouchers_are_called() {
    let section = "[shop]\ncontact = \"+86 (755) 1234-5678\"\n\
                   voucher_name = { zh_cn = \"凭证\", en = \"Certificate\" }\n";
    let shop = Shop::open_with("", section).await;
    let session: SessionView = read(shop.stranger().get("/api/session").await).await;
    assert!(!session.is_signed_in);
    let told = session.shop.unwrap();
    assert_eq!(told.contact.as_deref(), Some("tel:+8675512345678"));
    let name = told.voucher_name.unwrap();
    assert_eq!(
        (name.zh_cn.as_str(), name.en.as_deref()),
        ("凭证", Some("Certificate"))
    );
}
