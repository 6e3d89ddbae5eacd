//! The merchant certificate before it is used: opened in every form, and checked at the start.

use rcgen::{CertificateParams, DnType, KeyPair, date_time_ymd};
use secrecy::SecretString;
use wechat_checkout_gateway::{
    CallError, CertificateError, CertificateFacts, Client, ClientCertificate, ClientConfig,
    ClientError, InvalidRequest, PemError, QueryBy, Refund,
};
use wechat_checkout_protocol::Fen;

use crate::merchant::{self, MCH_ID};

// Made by `data/certificate/generate.sh`, with openssl.
pub(crate) const LEGACY: &[u8] = include_bytes!("data/certificate/legacy.p12");
pub(crate) const TRIPLE_DES: &[u8] = include_bytes!("data/certificate/triple-des.p12");
pub(crate) const MODERN: &[u8] = include_bytes!("data/certificate/modern.p12");
const WITHOUT_KEY: &[u8] = include_bytes!("data/certificate/without-key.p12");
const CERTIFICATE: &str = include_str!("data/certificate/apiclient_cert.pem");
const KEY: &str = include_str!("data/certificate/apiclient_key.pem");
const AUTHORITY: &str = include_str!("data/certificate/authority.pem");

/// 2026-01-01 and 2050-01-02: one inside, one behind the validity of the files.
const INSIDE: i64 = 1_767_225_600;
const BEHIND: i64 = 2_524_694_400;
const BEFORE: i64 = 1_577_836_799;

fn pem(certificate: &str, key: &str) -> ClientCertificate {
    ClientCertificate::from_pem(certificate.to_owned(), SecretString::from(key))
}

fn archive(bytes: &[u8], password: &str) -> ClientCertificate {
    ClientCertificate::from_pkcs12(bytes.to_vec(), SecretString::from(password))
}

/// A certificate with this common name, valid in these years.
fn named(name: &str, from: i32, until: i32) -> ClientCertificate {
    let mut params = CertificateParams::new(Vec::new()).expect("parameters");
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(from, 1, 1);
    params.not_after = date_time_ymd(until, 1, 1);
    let key = KeyPair::generate().expect("a key");
    let certificate = params.self_signed(&key).expect("a certificate");
    pem(&certificate.pem(), &key.serialize_pem())
}

fn refused(certificate: &ClientCertificate) -> CertificateError {
    let refused = certificate.facts().expect_err("not usable");
    let mut config = ClientConfig::production();
    config.client_certificate = Some(certificate.clone());
    let error = Client::new(config, merchant::md5()).expect_err("not usable");
    assert!(matches!(error, ClientError::Certificate(_)), "{error:?}");
    refused
}

#[test]
fn every_form_of_the_files_says_the_same() {
    let facts = pem(CERTIFICATE, KEY).facts().expect("readable");
    assert_eq!(facts.mch_id.as_deref(), Some(MCH_ID));
    assert!(facts.subject.contains("CN=10000100"), "{}", facts.subject);
    assert_eq!(facts.serial_number.len(), 40);
    assert_eq!(
        (facts.not_before, facts.not_after),
        (BEFORE + 1, 2_524_608_000)
    );
    for bytes in [LEGACY, TRIPLE_DES, MODERN] {
        assert_eq!(archive(bytes, MCH_ID).facts().expect("readable"), facts);
    }
    // What happens to PEM on its way through variables and editors is understood.
    for mangle in [
        |text: &str| text.replace('\n', "\\n"),
        |text: &str| text.replace('\n', "\r\n"),
        |text: &str| format!("\u{FEFF}{text}"),
        |text: &str| text.replace('\n', " \n "),
    ] {
        let mangled = pem(&mangle(CERTIFICATE), &mangle(KEY));
        assert_eq!(mangled.facts().expect("readable"), facts);
    }
    // The certificate of the key is shown first, wherever it stands in the file.
    let turned = pem(&[AUTHORITY, CERTIFICATE].concat(), KEY);
    assert_eq!(turned.facts().expect("readable"), facts);
}

#[test]
fn files_that_can_never_be_used_are_told_apart() {
    use CertificateError::*;
    assert!(matches!(
        refused(&archive(LEGACY, "10000101")),
        WrongPassword
    ));
    assert!(matches!(refused(&archive(MODERN, "")), WrongPassword));
    assert!(matches!(refused(&archive(WITHOUT_KEY, MCH_ID)), NoKey));
    for bytes in [
        &b""[..],
        b"-----BEGIN",
        &LEGACY[..LEGACY.len() - 1],
        &LEGACY[1..],
    ] {
        assert!(matches!(refused(&archive(bytes, MCH_ID)), NotPkcs12));
    }
    for (key, why) in [
        ("no key".to_owned(), PemError::NotPem),
        (KEY.replace('\n', ""), PemError::OneLine),
        (KEY.replace('\n', " "), PemError::OneLine),
        (KEY[..100].to_owned(), PemError::CutOff),
        (KEY.replacen('M', "?", 1), PemError::Damaged),
        (
            KEY.replace("PRIVATE", "ENCRYPTED PRIVATE"),
            PemError::Locked,
        ),
        (CERTIFICATE.to_owned(), PemError::NoKey),
    ] {
        let error = refused(&pem(CERTIFICATE, &key));
        assert!(matches!(error, KeyPem(found) if found == why), "{error:?}");
    }
    assert!(matches!(
        refused(&pem("no certificate", KEY)),
        CertificatePem(PemError::NotPem)
    ));
    assert!(matches!(refused(&pem(KEY, KEY)), NoCertificate));
    assert!(matches!(refused(&pem(AUTHORITY, KEY)), KeyMismatch));
    let other = KeyPair::generate().expect("a key").serialize_pem();
    assert!(matches!(refused(&pem(CERTIFICATE, &other)), KeyMismatch));
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert!(matches!(refused(&pem(broken, KEY)), NotX509));
}

#[test]
fn the_self_test_looks_at_the_owner_and_at_the_calendar() {
    use CertificateError::*;
    let certificate = pem(CERTIFICATE, KEY);
    let check = |mch_id, at| certificate.check(mch_id, at);
    let is_ours = |facts: &CertificateFacts| facts.mch_id.as_deref() == Some(MCH_ID);
    assert!(check(MCH_ID, INSIDE).as_ref().is_ok_and(is_ours));
    assert!(matches!(check("10000101", INSIDE), Err(OtherMerchant { found }) if found == MCH_ID));
    assert!(matches!(check(MCH_ID, BEFORE), Err(NotYetValid { .. })));
    let expired = check(MCH_ID, BEHIND).expect_err("expired").to_string();
    assert!(expired.contains("2050-01-01 08:00:00"), "{expired}");
    // A host's or a shop's name is no merchant number, and so proves nothing.
    assert!(
        named("shop.example", 2020, 2050)
            .check(MCH_ID, INSIDE)
            .is_ok()
    );
}

/// An expired certificate stops refunds, with a sentence, and not the payments.
#[tokio::test]
async fn a_client_starts_with_an_expired_certificate_and_refunds_nothing() {
    let client = |certificate| {
        let mut config = ClientConfig::production();
        config.client_certificate = Some(certificate);
        Client::new(config, merchant::md5())
    };
    let expired = client(named(MCH_ID, 2015, 2020)).expect("a client");
    assert_eq!(
        expired
            .certificate()
            .and_then(|facts| facts.mch_id.as_deref()),
        Some(MCH_ID)
    );
    let fee = Fen::new(1990).expect("an amount");
    let refund = Refund::new(QueryBy::OutTradeNo("1409811653"), "r1", fee, fee);
    let error = expired.refund(&refund).await.expect_err("not sent");
    let CallError::Invalid(InvalidRequest::CertificateNotValid { not_after, .. }) = error else {
        panic!("{error:?}")
    };
    assert_eq!(not_after, 1_577_836_800);

    let error = client(named("1900009191", 2015, 2050)).expect_err("somebody else's");
    assert!(
        matches!(&error, ClientError::Certificate(CertificateError::OtherMerchant { found }) if found == "1900009191"),
        "{error:?}"
    );
}

#[test]
fn nothing_of_a_key_is_printed() {
    for certificate in [pem(CERTIFICATE, KEY), archive(LEGACY, MCH_ID)] {
        assert_eq!(format!("{certificate:?}"), "ClientCertificate([redacted])");
    }
    for broken in [
        KEY.replace("PRIVATE", "PUBLIC"),
        KEY.replace('\n', ""),
        KEY.replace('\n', " "),
        KEY[..120].to_owned(),
        KEY.replacen("-----END", "----END", 1),
        KEY.replacen('M', "?", 1),
    ] {
        let error = refused(&pem(CERTIFICATE, &broken));
        let printed = format!("{error} {error:?}");
        assert!(std::error::Error::source(&error).is_none(), "{printed}");
        for at in 30..80 {
            let (plain, bytes) = (&KEY[at..at + 8], &KEY.as_bytes()[at..at + 8]);
            let listed = format!("{bytes:?}");
            let listed = listed.trim_matches(['[', ']']);
            assert!(
                !printed.contains(plain) && !printed.contains(listed),
                "{printed}"
            );
        }
    }
}
