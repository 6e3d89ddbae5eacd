//! The corpus of notifications in `data/notifications`: each file with the verdict it must get.
//!
//! `generate.py` there writes and signs them, without any code of this project.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use wechat_checkout_gateway::notification::read_payment;
use wechat_checkout_gateway::{Merchant, OrderTerms, SignType};
use wechat_checkout_protocol::{Fen, OpenId};

use crate::merchant;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/gateway/data/notifications")
}

fn verdict(merchant: &Merchant, body: &[u8]) -> String {
    let openid = OpenId::parse("oUpF8uMEb4qRXf22hE3X68TekukE").expect("an openid");
    let total_fee = Fen::new(1990).expect("an amount");
    let terms = OrderTerms {
        out_trade_no: "1409811653",
        total_fee,
        openid: &openid,
    };
    match read_payment(merchant, body) {
        Err(error) => format!("{error:?}"),
        Ok(notification) => match notification.payment().check_terms(&terms) {
            Err(error) => format!("Terms({error:?})"),
            Ok(()) => "Accepted".to_owned(),
        },
    }
}

#[test]
fn every_notification_gets_its_verdict() {
    let listed = fs::read_to_string(folder().join("verdicts.tsv")).expect("the list of verdicts");
    let (mut names, mut wrong, mut hostile) = (BTreeSet::new(), Vec::new(), 0);
    for line in listed.lines() {
        let [name, sign_type, expected] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("not three columns: {line}");
        };
        let merchant = match sign_type.parse() {
            Ok(SignType::Md5) => merchant::md5(),
            Ok(SignType::HmacSha256) => merchant::hmac(),
            Err(error) => panic!("{name}: {error}"),
        };
        let file = format!("{name}.xml");
        let found = verdict(&merchant, &fs::read(folder().join(&file)).expect(&file));
        if found != expected {
            wrong.push(format!("{name}: {found} instead of {expected}"));
        }
        hostile += usize::from(expected != "Accepted");
        names.insert(file);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));

    let files = fs::read_dir(folder()).expect("the folder").map(|entry| {
        entry
            .expect("an entry")
            .file_name()
            .into_string()
            .expect("a plain name")
    });
    let files: BTreeSet<_> = files.filter(|name| name.ends_with(".xml")).collect();
    assert_eq!(files, names, "files and verdicts belong together");
    assert!(
        hostile >= 60 && names.len() - hostile >= 20,
        "{hostile} of {}",
        names.len()
    );
}

/// A refusal must not cost more than an acceptance, whatever the message is made of.
#[test]
fn no_notification_of_the_corpus_is_slow() {
    let merchant = merchant::md5();
    let entries = fs::read_dir(folder()).expect("the folder");
    for path in entries.map(|entry| entry.expect("an entry").path()) {
        let body = fs::read(&path).expect("readable");
        let start = std::time::Instant::now();
        let _ = verdict(&merchant, &body);
        // Generous for a debug build on a busy machine; an explosion takes minutes.
        assert!(start.elapsed().as_secs() < 2, "{}", path.display());
    }
}
