//! Sentences with a value in them, and one behind the other.

/// Puts the one value into a sentence.
#[must_use]
pub fn fill(sentence: &str, value: &str) -> String {
    match sentence.split_once('{') {
        Some((before, after)) => [before, value, after.strip_prefix('}').unwrap_or(after)].concat(),
        None => sentence.to_owned(),
    }
}

/// Two sentences in a row, with the full stop that belongs between them: ours end without one.
#[must_use]
pub fn two_sentences(first: &str, second: &str) -> String {
    let is_english = second.bytes().next().is_some_and(|byte| byte.is_ascii());
    let stop = if first.is_empty() || second.is_empty() {
        ""
    } else if is_english {
        ". "
    } else {
        "。"
    };
    [first, stop, second].concat()
}
