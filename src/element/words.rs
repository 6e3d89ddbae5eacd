//! The sentences of an embedding page: a language with some of them replaced.

use std::cell::RefCell;

use js_sys::{Array, JSON};
use wasm_bindgen::JsValue;

use crate::text::{Language, Texts};

/// Sets of sentences live as long as the page, so there is a bound on them: a page has a few sets of
/// words, one or two for each language, and makes them once.
const SETS_MAX: usize = 32;

thread_local! {
    static SETS: RefCell<Vec<(String, &'static Texts)>> = const { RefCell::new(Vec::new()) };
}

/// The language's sentences with those of `replaced` in their place: texts and holes, in the order of
/// [`Texts::entries`]. Their names are not in the wasm but in `npm/sentences.js`. The same words are
/// the same set.
pub(super) fn texts(
    language: Language,
    replaced: Option<Array>,
) -> Result<&'static Texts, JsValue> {
    let Some(replaced) = replaced else {
        return Ok(language.texts());
    };
    let written = JSON::stringify(&replaced)?;
    let key = [language.tag(), &String::from(written)].concat();
    SETS.with_borrow_mut(|sets| {
        if let Some((_, texts)) = sets.iter().find(|(known, _)| *known == key) {
            return Ok(*texts);
        }
        if sets.len() == SETS_MAX {
            return Err(JsValue::from_str(
                "too many different texts: make one set of them, and keep it",
            ));
        }
        let mut ours = *language.texts();
        for (place, sentence) in ours.places().zip(replaced.iter()) {
            if let Some(sentence) = sentence.as_string() {
                *place = String::leak(sentence);
            }
        }
        let texts: &'static Texts = Box::leak(Box::new(ours));
        sets.push((key, texts));
        Ok(texts)
    })
}
