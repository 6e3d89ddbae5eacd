//! The sentences: complete, with the same blanks in every language, and chosen rightly.

use wechat_checkout::{
    checkout::{FailReason, TroubleKind},
    text::{Language, Moment, ZH_CN, fill},
};
use wechat_checkout_protocol::{OrderStatus, UnixMillis};

const ANDROID: &str =
    "MicroMessenger/8.0.58 WeChat/arm64 Weixin NetType/WIFI Language/zh_TW ABI/arm64";

#[test]
fn no_sentence_is_empty_and_blanks_agree() {
    for language in Language::ALL {
        let texts = language.texts();
        for ((name, sentence), (_, chinese)) in texts.entries().into_iter().zip(ZH_CN.entries()) {
            assert!(!sentence.trim().is_empty(), "{language:?} {name}");
            let blanks = |text: &str| text.matches("{}").count();
            assert_eq!(blanks(sentence), blanks(chinese), "{language:?} {name}");
            assert!(blanks(sentence) <= 1, "{language:?} {name}");
        }
        for kind in TroubleKind::ALL {
            let (title, text) = (texts.trouble)(kind);
            assert!(
                !title.is_empty() && !text.is_empty(),
                "{language:?} {kind:?}"
            );
        }
        for reason in FailReason::ALL {
            assert!(
                !(texts.reason)(reason).is_empty(),
                "{language:?} {reason:?}"
            );
            assert!(!reason.developer_text().is_empty());
        }
        for status in OrderStatus::ALL {
            assert!(
                !(texts.status)(status).is_empty(),
                "{language:?} {status:?}"
            );
        }
    }
}

#[test]
fn languages_keep_to_their_script() {
    // Letters that exist in one script only: a sentence copied without translation shows here.
    for (name, sentence) in Language::ZhTw.texts().entries() {
        for letter in [
            '单', '请', '购', '买', '结', '选', '时', '间', '会', '贝', '网', '账',
        ] {
            assert!(!sentence.contains(letter), "{name}: {sentence}");
        }
    }
    for (name, sentence) in Language::En.texts().entries() {
        assert!(
            // The apostrophe of Chinese fonts is as wide as a letter: English does without.
            sentence.replace('…', "").is_ascii(),
            "{name}: {sentence}"
        );
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
