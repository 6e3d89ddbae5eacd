//! Whatever is read can be written and read again, and says the same; nothing makes the reader panic.

#![no_main]

use libfuzzer_sys::fuzz_target;
use wechat_checkout_gateway::{sign, xml};

fuzz_target!(|message: &[u8]| {
    let Ok(params) = xml::read(message) else {
        return;
    };
    let written = xml::write(&params);
    let again = xml::read(written.as_bytes()).expect("our own message");
    assert_eq!(again, params, "{written}");
    assert_eq!(sign::canonical(&again), sign::canonical(&params));
    for (name, value) in params.iter() {
        assert_eq!(params.get(name), Some(value));
    }
    let names = params.iter_by_name().map(|(name, _)| name);
    assert!(names.is_sorted_by(|a, b| a < b), "sorted and unique");
});
