//! The shop's cards: what is for sale, and the buyer's membership.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen_test::wasm_bindgen_test;
use wechat_checkout::components::{product_card, vip_card};
use wechat_checkout::text::{Language, fill};
use wechat_checkout_protocol::{
    Fen, ProductId, ProductKind, ProductView, Translations, UnixMillis,
};
use yew::Callback;

use crate::screen::Screen;

const DAY_MS: i64 = 86_400_000;
/// 1 January 2027, noon in Beijing.
const NOW: UnixMillis = UnixMillis(1_798_776_000_000);

fn year() -> ProductView {
    ProductView {
        id: ProductId::parse("vip-year").expect("an id"),
        kind: ProductKind::Vip,
        title: "VIP 年度会员".to_owned(),
        title_translations: Translations::default(),
        subtitle: "366 天".to_owned(),
        subtitle_translations: Translations::default(),
        description: None,
        validity: None,
        how_to_use: None,
        vip_days: Some(366),
        price: Fen::new(16_800).expect("a price"),
        price_before: Fen::new(23_880),
        is_best_value: true,
        stock_left: None,
    }
}

fn voucher(stock_left: Option<u32>) -> ProductView {
    ProductView {
        id: ProductId::parse("coffee").expect("an id"),
        kind: ProductKind::Voucher,
        title: "咖啡兑换券".to_owned(),
        price: Fen::new(1_500).expect("a price"),
        price_before: None,
        is_best_value: false,
        stock_left,
        ..year()
    }
}

async fn card(product: &ProductView) -> (Screen, Rc<RefCell<Vec<String>>>) {
    counted_card(product, 1, Language::ZhCn).await
}

/// What was chosen, and how many were asked for, in the order of the taps.
async fn counted_card(
    product: &ProductView,
    quantity: u32,
    language: Language,
) -> (Screen, Rc<RefCell<Vec<String>>>) {
    let told = Rc::new(RefCell::new(Vec::new()));
    let on_choose = {
        let told = told.clone();
        Callback::from(move |id: ProductId| told.borrow_mut().push(id.to_string()))
    };
    let on_count = {
        let told = told.clone();
        Callback::from(move |(id, quantity): (ProductId, u32)| {
            told.borrow_mut().push(format!("{quantity} {id}"));
        })
    };
    let card = product_card(product, quantity, language.texts(), &on_choose, &on_count);
    (Screen::show(card).await, told)
}

#[wasm_bindgen_test]
async fn more_than_one_voucher_can_be_had_up_to_the_stock_and_to_twenty() {
    for (quantity, stock, less, more) in [
        (1, None, None, Some("2 coffee")),
        (2, Some(3), Some("1 coffee"), Some("3 coffee")),
        (3, Some(3), Some("2 coffee"), None),
        (20, Some(200), Some("19 coffee"), None),
        // The stock has shrunk since.
        (9, Some(2), Some("1 coffee"), None),
    ] {
        let (screen, told) = counted_card(&voucher(stock), quantity, Language::ZhCn).await;
        let mut expected = Vec::new();
        for (hook, outcome) in [("quantity-less", less), ("quantity-more", more)] {
            screen.find(&format!("[data-test={hook}]")).click();
            expected.extend(outcome);
        }
        assert_eq!(*told.borrow(), expected, "{quantity} of {stock:?}");
    }
    let (screen, _) = counted_card(&voucher(None), 2, Language::ZhCn).await;
    assert_eq!(screen.find("[data-test=quantity]").inner_text(), "2");
    assert!(screen.text().contains("¥30.00"), "{}", screen.text());
    assert!(screen.text().contains("¥15.00 ×2"), "{}", screen.text());
}

#[wasm_bindgen_test]
async fn what_cannot_be_counted_has_no_stepper() {
    for product in [year(), voucher(Some(1)), voucher(Some(0))] {
        let (screen, _) = counted_card(&product, 3, Language::ZhCn).await;
        assert!(!screen.has("[data-test=quantity]"), "{product:?}");
        assert!(!screen.text().contains('×'), "{}", screen.text());
    }
}

#[wasm_bindgen_test]
async fn the_shop_s_words_are_shown_in_the_page_s_language() {
    let product = ProductView {
        title_translations: Translations {
            zh_tw: None,
            en: Some("VIP, one year".into()),
        },
        ..year()
    };
    let (screen, _) = counted_card(&product, 1, Language::En).await;
    assert!(screen.text().contains("VIP, one year"), "{}", screen.text());
    assert!(!screen.text().contains("年度会员"), "{}", screen.text());
    // What the shop has not translated is read in Simplified Chinese.
    let (screen, _) = counted_card(&product, 1, Language::ZhTw).await;
    assert!(screen.text().contains("VIP 年度会员"), "{}", screen.text());
}

#[wasm_bindgen_test]
async fn a_card_shows_both_prices_and_tells_which_product_was_chosen() {
    let (screen, chosen) = card(&year()).await;
    assert!(screen.text().contains("¥168.00"), "{}", screen.text());
    assert_eq!(screen.find("s [aria-hidden]").inner_text(), "¥238.80");
    screen.find("[data-test=product-vip-year]").click();
    assert_eq!(*chosen.borrow(), ["vip-year"]);
}

#[wasm_bindgen_test]
async fn what_is_sold_out_cannot_be_chosen() {
    let (screen, chosen) = card(&ProductView {
        stock_left: Some(0),
        ..year()
    })
    .await;
    assert!(screen.text().contains("已售罄"), "{}", screen.text());
    assert!(
        !screen.text().contains("最划算"),
        "a bargain that nobody can have: {}",
        screen.text()
    );
    screen.find("[data-test=product-vip-year]").click();
    assert!(chosen.borrow().is_empty());
}

#[wasm_bindgen_test]
async fn a_membership_is_shown_as_running_only_while_it_runs() {
    let texts = Language::ZhCn.texts();
    let running = Screen::show(vip_card(Some(NOW.plus_ms(DAY_MS)), NOW, texts)).await;
    let words = fill(texts.vip_until, "2027年1月2日");
    assert!(running.text().contains(&words), "{}", running.text());
    let ended = Screen::show(vip_card(Some(NOW.plus_ms(-DAY_MS)), NOW, texts)).await;
    let words = fill(texts.vip_ended, "2026年12月31日");
    assert!(ended.text().contains(&words), "{}", ended.text());
}
