//! The sentences: complete, with the same blanks in every language, and chosen rightly.

use wechat_checkout::{
    checkout::{FailReason, Money, Trouble, TroubleKind},
    text::{Explanation, Language, Moment, ZH_CN, fill},
};
use wechat_checkout_protocol::{OrderStatus, UnixMillis};

const ANDROID: &str =
    "MicroMessenger/8.0.58 WeChat/arm64 Weixin NetType/WIFI Language/zh_TW ABI/arm64";

/// Every sentence of a language under its name: the plain ones, and those that are chosen by a reason,
/// a trouble or a status.
fn sentences(language: Language) -> Vec<(String, &'static str)> {
    let texts = language.texts();
    let plain = texts.entries().into_iter();
    let mut all: Vec<_> = plain
        .map(|(name, sentence)| (name.to_owned(), sentence))
        .collect();
    for kind in TroubleKind::ALL {
        let (title, sentence) = (texts.trouble)(kind);
        all.push((format!("trouble {kind:?}, title"), title));
        all.push((format!("trouble {kind:?}"), sentence));
    }
    all.extend(
        FailReason::ALL.map(|reason| (format!("reason {reason:?}"), (texts.reason)(reason))),
    );
    all.extend(
        OrderStatus::ALL.map(|status| (format!("status {status:?}"), (texts.status)(status))),
    );
    all
}

#[test]
fn no_sentence_is_missing_or_its_own_name_and_blanks_agree() {
    for language in Language::ALL {
        let chinese = sentences(Language::ZhCn);
        for ((name, sentence), (_, chinese)) in sentences(language).into_iter().zip(chinese) {
            assert!(!sentence.trim().is_empty(), "{language:?} {name}");
            assert_eq!(sentence.trim(), sentence, "{language:?} {name}");
            assert_ne!(sentence, name, "{language:?}");
            assert!(!sentence.contains('_'), "{language:?} {name}: {sentence}");
            let blanks = |text: &str| text.matches("{}").count();
            assert_eq!(blanks(sentence), blanks(chinese), "{language:?} {name}");
            assert!(blanks(sentence) <= 1, "{language:?} {name}");
        }
    }
    for reason in FailReason::ALL {
        assert!(!reason.developer_text().is_empty());
    }
}

/// Letters that exist in one script only: a sentence copied without translation shows by them.
const SIMPLIFIED: &str = "与业为买于仅从们价优会体关内冻净击务动单发变号后员响处备复实将尽应开当录态户扫择持数无时显暂机权没浏点状电码确离简系结络继续维编网职联脑览订认记许设证试询误说请账购费载过还连选钟银链长闭问间随页项频题额餐";
const TRADITIONAL: &str = "們備傳僅價優儲內務動員問啟單實帳後從態憑掃擇擊數於時暫會業機權沒淨為無狀發盡確碼筆結絡網編繼續聯腦與舊處號製複覽訂訊記設許詢試認誤說請證變買費資購載這連過選還銀鐘長閉開間關隨離電響頁項頻題額顯體點";

#[test]
fn languages_keep_to_their_script() {
    for (language, foreign) in [(Language::ZhCn, TRADITIONAL), (Language::ZhTw, SIMPLIFIED)] {
        for (name, sentence) in sentences(language) {
            let strange = sentence.chars().find(|letter| foreign.contains(*letter));
            assert_eq!(strange, None, "{language:?} {name}: {sentence}");
        }
    }
    for (name, sentence) in sentences(Language::En) {
        // The apostrophe of Chinese fonts is as wide as a letter: English does without.
        let is_ascii = sentence.replace('…', "").is_ascii();
        assert!(is_ascii, "{name}: {sentence}");
    }
}

#[test]
fn no_sentence_is_shared_by_languages_that_write_it_differently() {
    let chinese = sentences(Language::ZhCn);
    for ((name, english), (_, chinese)) in sentences(Language::En).into_iter().zip(chinese) {
        assert_ne!(english, chinese, "{name}");
    }
}

#[test]
fn the_buyer_s_choice_wins_then_wechat_then_the_browser() {
    for (chosen, agent, browser, expected) in [
        (Some("en"), ANDROID, Some("zh-CN"), Language::En),
        (Some("klingon"), ANDROID, Some("zh-CN"), Language::ZhTw),
        (None, ANDROID, Some("en-GB"), Language::ZhTw),
        (
            None,
            "MicroMessenger/8.0.58 Language/en)",
            None,
            Language::En,
        ),
        (None, "Chrome/140", Some("zh-Hant-HK"), Language::ZhTw),
        (None, "Chrome/140", Some("zh"), Language::ZhCn),
        (None, "Chrome/140", Some("en-GB"), Language::En),
        (None, "Chrome/140", Some("fr-FR"), Language::ZhCn),
        (None, "", None, Language::ZhCn),
    ] {
        assert_eq!(
            Language::choose(chosen, agent, browser),
            expected,
            "{chosen:?} {agent}"
        );
    }
}

#[test]
fn dates_read_as_each_language_writes_them() {
    let moment = Moment::of(UnixMillis(1_798_762_500_000));
    assert_eq!((Language::ZhCn.texts().date)(moment), "2027年1月1日");
    assert_eq!(
        (Language::ZhCn.texts().date_and_time)(moment),
        "2027年1月1日 08:15"
    );
    assert_eq!((Language::En.texts().date)(moment), "1 January 2027");
    assert_eq!(
        (Language::En.texts().date_and_time)(moment),
        "1 January 2027, 08:15"
    );
}

#[test]
fn a_blank_takes_one_value_and_leaves_the_value_alone() {
    assert_eq!(fill(ZH_CN.pay, "¥19.90"), "立即支付 ¥19.90");
    assert_eq!(fill("{} left", "{}"), "{} left");
}

/// The names of the sentences as the npm package has them: the wasm knows them by their place alone.
#[test]
fn the_package_names_every_sentence_in_the_page_s_order() {
    let entries = ZH_CN.entries();
    let names: Vec<&str> = entries.iter().map(|(name, _)| *name).collect();
    let script = include_str!("../../npm/sentences.js");
    let list = script.split_once("SENTENCES = [").expect("a list").1;
    let list = list.split_once(']').expect("its end").0;
    assert_eq!(quoted(list), names);
    let typed = include_str!("../../npm/index.d.ts");
    let union = typed.split_once("type Sentence =").expect("a union").1;
    let union = union.split_once(';').expect("its end").0;
    assert_eq!(quoted(union), names);
}

/// The wasm tells errors by number; the package has their names, and words for developers.
#[test]
fn the_package_names_every_error_in_the_page_s_order() {
    let script = include_str!("../../npm/errors.js");
    let lists: Vec<&str> = script.split("= [\n").skip(1).collect();
    let list = |number: usize| lists[number].split_once("];").expect("its end").0;
    let told = quoted(list(0));
    assert_eq!(told.len(), 2 * TroubleKind::ALL.len());
    for (kind, told) in TroubleKind::ALL.into_iter().zip(told.chunks(2)) {
        let trouble = Trouble::of(kind);
        assert_eq!(told[0], snake_case(&format!("{kind:?}")));
        let explanation = Explanation::of_trouble(&trouble, Money::NotOrdered, &ZH_CN);
        assert_eq!(told[1], explanation.developer);
    }
    let names = FailReason::ALL.map(|reason| snake_case(&format!("{reason:?}")));
    assert_eq!(quoted(list(1)), names);
    let typed = include_str!("../../npm/index.d.ts");
    let union = typed.split_once("type ErrorCode =").expect("a union").1;
    let union = quoted(union.split_once(';').expect("its end").0);
    for name in told.iter().step_by(2).copied().chain(quoted(list(1))) {
        assert!(union.contains(&name), "{name} has no type");
    }
}

fn snake_case(name: &str) -> String {
    let spread = name.chars().flat_map(|letter| {
        let gap = letter.is_uppercase().then_some('_');
        gap.into_iter().chain(letter.to_lowercase())
    });
    spread.skip(1).collect()
}

fn quoted(text: &str) -> Vec<&str> {
    text.split('"').skip(1).step_by(2).collect()
}
