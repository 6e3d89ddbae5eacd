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

async fn card(product: &ProductView) -> (Screen, Rc<RefCell<Vec<String>>>) {
    let chosen = Rc::new(RefCell::new(Vec::new()));
    let on_choose = {
        let chosen = chosen.clone();
        Callback::from(move |id: ProductId| chosen.borrow_mut().push(id.to_string()))
    };
    let screen = Screen::show(product_card(product, Language::ZhCn.texts(), &on_choose)).await;
    (screen, chosen)
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
