//! Random damage to the corpus: whatever becomes of a message, it is not taken for another one.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use proptest::prelude::*;
use wechat_checkout_gateway::notification::{read_payment, read_refund, write_refund};
use wechat_checkout_gateway::{Params, sign, xml};

use crate::merchant;

/// The notifications that are accepted as they are, and those that are not.
static CORPUS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gateway/data/notifications");
    let files = fs::read_dir(folder)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path());
    let mut files: Vec<_> = files
        .filter(|path| path.extension().is_some_and(|e| e == "xml"))
        .collect();
    files.sort();
    let messages = files.iter().map(|path| fs::read(path).expect("readable"));
    messages
        .filter(|message| (1..8 * 1024).contains(&message.len()))
        .collect()
});

/// Every text that the key has signed in the corpus, by either sign type.
static SIGNED: LazyLock<Vec<String>> = LazyLock::new(|| {
    let read = |message: &Vec<u8>| xml::read(message).ok();
    let is_right = |params: &Params| {
        [merchant::md5(), merchant::hmac()]
            .iter()
            .any(|m| m.verify(params.clone()).is_ok())
    };
    CORPUS
        .iter()
        .filter_map(read)
        .filter(is_right)
        .map(|params| sign::canonical(&params))
        .collect()
});

/// Pieces that mean something to a parser.
const PIECES: [&str; 16] = [
    "<",
    ">",
    "</",
    "/>",
    "<![CDATA[",
    "]]>",
    "&",
    "&amp;",
    "&#60;",
    "<!--",
    "<?",
    "<!DOCTYPE",
    "<sign>",
    "</sign>",
    "<total_fee>",
    "\0",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_damaged_notification_is_refused_or_says_what_was_signed(
        (which, from, to, at) in any::<[prop::sample::Index; 4]>().prop_map(|[a, b, c, d]| (a, b, c, d)),
        piece in prop::option::of(prop::sample::select(&PIECES[..])),
        noise in prop::collection::vec(any::<u8>(), 0..4),
    ) {
        let mut message = which.get(&CORPUS[..]).clone();
        // Move one stretch of the message to another place, or put a piece or noise there.
        let (from, to) = (from.index(message.len()), to.index(message.len()));
        let stretch = message[from.min(to)..from.max(to).min(from.min(to) + 64)].to_vec();
        let inserted = piece.map_or(stretch, |piece| piece.as_bytes().to_vec());
        let at = at.index(message.len());
        message.splice(at..at, inserted.into_iter().chain(noise));
        for merchant in [merchant::md5(), merchant::hmac()] {
            if let Ok(payment) = read_payment(&merchant, &message) {
                prop_assert!(SIGNED.contains(&sign::canonical(&payment.params)));
            }
        }
    }

    #[test]
    fn a_damaged_refund_notification_is_never_a_panic(
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let merchant = merchant::md5();
        let refund = Params::from_iter([("out_refund_no", "r1"), ("refund_status", "SUCCESS")]);
        let mut message = write_refund(&merchant, &refund).into_bytes();
        let at = at.index(message.len());
        message[at] = byte;
        prop_assert!(read_refund(&merchant, &message).is_err(), "it is incomplete anyway");
    }
}
