//! Which of WeChat's own sentences the buyer may read.
//!
//! `err_desc` is made for people, and often the only one who knows why (the bank is busy, the card has
//! a limit). But it reaches the page through JavaScript, where anybody can put a sentence of his own:
//! "transfer the money to …". So a sentence is shown only if it is short, all Chinese, about a subject
//! that the cashier speaks of, and silent about whether money moved, about people to turn to and about
//! the merchant's settings.

use crate::search;

/// Longer ones are left out, not cut: half a sentence may mean the opposite.
const CHARS_MAX: usize = 40;

/// What the cashier speaks of.
const SUBJECTS: [&str; 13] = [
    "银行", "余额", "限额", "额度", "上限", "密码", "零钱", "繁忙", "超时", "网络", "风险", "实名",
    "冻结",
];

/// What only the server can say, what the merchant has to do, and what swindlers say.
const FORBIDDEN: [&str; 17] = [
    "成功",
    "扣",
    "已付",
    "未付",
    "已支付",
    "未支付",
    "退",
    "转账",
    "汇款",
    "联系",
    "客服",
    "加",
    "扫",
    "验证码",
    "点击",
    "签名",
    "商户",
];

/// The sentence, if it may be shown, without the "payment failed" in front: that is not known.
#[must_use]
pub fn safe_words(err_desc: &str) -> Option<String> {
    let words = err_desc.trim();
    let words = words.strip_prefix("支付失败").unwrap_or(words);
    let words = words.trim_matches(is_mark);
    let has = |list: &[&str]| list.iter().any(|part| search::contains(words, part));
    let is_safe = words.chars().count() <= CHARS_MAX
        && words
            .chars()
            .all(|letter| is_han(letter) || is_mark(letter))
        && has(&SUBJECTS)
        && !has(&FORBIDDEN);
    is_safe.then(|| words.to_owned())
}

fn is_han(letter: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&letter)
}

fn is_mark(letter: char) -> bool {
    matches!(
        letter,
        '，' | '。'
            | '、'
            | '；'
            | '：'
            | '！'
            | '（'
            | '）'
            | ','
            | '.'
            | ';'
            | ':'
            | '!'
            | '('
            | ')'
            | ' '
    )
}
