//! For any parameters: sign, write, read, verify holds; and one changed byte is noticed.

use proptest::collection::hash_map;
use proptest::prelude::*;
use wechat_checkout_gateway::{Merchant, Params, sign, xml};

use crate::{merchant, other_reader};

/// Texts that have broken parsers and signers before, between arbitrary ones.
fn value() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("]]>".to_owned()),
        Just("]]".to_owned()),
        Just("<![CDATA[".to_owned()),
        Just("&amp;".to_owned()),
        Just("\r\n".to_owned()),
        Just("\r".to_owned()),
        Just("&sign=1".to_owned()),
        Just("轻松会员商城-VIP 月度会员".to_owned()),
        Just("{\"goods_detail\":[{\"price\":1}]}".to_owned()),
        "[ -~]{0,12}",
        "[\\u{80}-\\u{D7FF}\\u{10000}-\\u{1FFFF}]{0,6}",
        "[0-9]{1,10}",
    ];
    prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z_]{1,20}",
        "coupon_(fee|id|type)_[0-9]{1,2}",
        "[A-Za-z_][A-Za-z0-9_.-]{0,10}",
    ]
}

fn message() -> impl Strategy<Value = (Merchant, Params)> {
    let merchants = prop_oneof![Just(merchant::md5()), Just(merchant::hmac())];
    (merchants, hash_map(name(), value(), 0..24)).prop_map(|(merchant, pairs)| {
        let mut params = Params::from_iter(pairs);
        params.set("appid", merchant.appid());
        params.set("mch_id", merchant.mch_id());
        merchant.sign(&mut params);
        (merchant, params)
    })
}

proptest! {
    #[test]
    fn what_is_signed_and_written_is_read_and_verified((merchant, params) in message()) {
        let read = xml::read(xml::write(&params).as_bytes()).expect("our own message");
        prop_assert_eq!(&read, &params);
        let verified = merchant.verify_addressed(read).expect("our own signature");
        prop_assert_eq!(verified.into_inner(), params);
    }

    #[test]
    fn one_changed_byte_is_refused_or_means_the_same(
        (merchant, params) in message(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut message = xml::write(&params).into_bytes();
        let at = at.index(message.len());
        message[at] = byte;
        if let Ok(changed) = xml::read(&message)
            && let Ok(verified) = merchant.verify_addressed(changed)
        {
            prop_assert_eq!(sign::canonical(&verified), sign::canonical(&params));
        }
    }

    #[test]
    fn arbitrary_bytes_are_read_or_refused_but_never_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = xml::read(&bytes);
    }

    #[test]
    fn arbitrary_markup_is_read_as_what_it_says_or_refused(
        pieces in prop::collection::vec(prop_oneof![
            Just("<xml>"), Just("</xml>"), Just("<a>"), Just("</a>"), Just("<b/>"), Just("<![CDATA["),
            Just("]]>"), Just("&lt;"), Just("&#65;"), Just("&x;"), Just("<!--"), Just("-->"), Just("<?"),
            Just("?>"), Just("<!DOCTYPE"), Just(">"), Just("text"), Just(" "), Just("\r\n"), Just("<"), Just("&"),
        ], 0..16),
    ) {
        let message = pieces.concat();
        if let Ok(params) = xml::read(message.as_bytes()) {
            prop_assert_eq!(&other_reader::pairs(&message), &params);
            let again = xml::read(xml::write(&params).as_bytes());
            prop_assert_eq!(again, Ok(params));
        }
    }

    #[test]
    fn what_is_read_is_what_a_general_reader_reads(
        (_, params) in message(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut message = xml::write(&params).into_bytes();
        let at = at.index(message.len());
        message[at] = byte;
        if let Ok(params) = xml::read(&message) {
            let text = std::str::from_utf8(&message).expect("was read");
            prop_assert_eq!(other_reader::pairs(text), params);
        }
    }
}
