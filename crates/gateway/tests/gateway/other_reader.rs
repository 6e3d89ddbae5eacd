//! A second opinion: the same messages read by a general XML library that nobody here wrote.

use quick_xml::Reader;
use quick_xml::events::BytesRef;
use quick_xml::events::Event;
use wechat_checkout_gateway::Params;

/// The parameters of a message that our own reader has accepted.
pub(crate) fn pairs(message: &str) -> Params {
    let mut reader = Reader::from_str(message);
    let mut depth = 0;
    let mut params = Params::new();
    let mut current: Option<(String, String)> = None;
    loop {
        match reader.read_event().expect("what we accept is XML") {
            Event::Start(tag) => {
                depth += 1;
                if depth == 2 {
                    current = Some((tag.name().as_ref().to_owned(), String::new()));
                }
            }
            Event::Empty(tag) if depth == 1 => params.set(tag.name().as_ref(), ""),
            Event::End(_) => {
                depth -= 1;
                if let Some((name, value)) = current.take() {
                    params.set(&name, value);
                }
            }
            Event::Text(text) => append(&mut current, &text.xml10_content()),
            Event::CData(text) => append(&mut current, &text.xml10_content()),
            Event::GeneralRef(reference) => {
                append(&mut current, character(&reference).encode_utf8(&mut [0; 4]));
            }
            Event::Eof => return params,
            Event::Empty(_) | Event::Decl(_) => {}
            Event::Comment(_) | Event::PI(_) | Event::DocType(_) => panic!("accepted: {message}"),
        }
    }
}

fn append(current: &mut Option<(String, String)>, text: &str) {
    if let Some((_, value)) = current {
        value.push_str(text);
    }
}

fn character(reference: &BytesRef<'_>) -> char {
    match &**reference {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "apos" => '\'',
        "quot" => '"',
        _ => reference
            .resolve_char_ref()
            .expect("a number")
            .expect("a number"),
    }
}
