//! Broken secrets of every form, given to the real program: nothing that it says, not even in the
//! libraries' own logs, has eight bytes of them in it.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use rcgen::{CertificateParams, DnType, KeyPair};
use wechat_checkout_server::Config;

use super::program::{Said, run};
use super::reading::Readings;
use super::workshop::{Workshop, secret};

const ORDER: &str = "0193f0c2a4b87d01a2b3c4d5e6f70819";

/// What an operator may ask of the program; without words it serves.
const COMMANDS: [&[&str]; 8] = [
    &[],
    &["check"],
    &["order", ORDER],
    &["inquire", ORDER],
    &["refund", ORDER],
    &["reviewed", ORDER, "--seq", "1"],
    &["webhooks"],
    &["redeliver", "msg_1"],
];

/// Neither of the broken secret nor of the good ones beside it.
fn expect_silence(workshop: &Workshop, said: &Said, secret: &[u8], form: &str) {
    let readings = Readings::of(&said.output);
    let mut known = vec![secret.to_vec()];
    for other in [
        &workshop.session_key,
        &workshop.api_key,
        &workshop.app_secret,
        &workshop.admin_token,
        &workshop.webhook_secret,
    ] {
        known.push(other.clone().into_bytes());
    }
    for secret in known {
        let part = readings.part_of(&secret);
        assert_eq!(part, None, "{form}: {}", said.text());
    }
}

/// What is said of a broken form: here for every key, and by the real program for one key of each
/// form, by a start and by one command after the other.
fn say(
    workshop: &Workshop,
    form: usize,
    key: &str,
    variables: &[(OsString, OsString)],
) -> Vec<Said> {
    let path = workshop.path("checkout.toml");
    let mut said = Vec::new();
    if let Err(mistakes) = Config::load_from(&path, variables.iter().cloned(), None) {
        said.push(Said {
            status: None,
            stdout: mistakes.to_string(),
            output: format!("{mistakes} {mistakes:?}").into_bytes(),
        });
    }
    let place = |(name, variable)| key == name || key == variable;
    if KEYS.into_iter().position(place) == Some(form % KEYS.len()) {
        let other = COMMANDS[1 + form % (COMMANDS.len() - 1)];
        for command in [COMMANDS[0], other] {
            said.push(run(workshop, command, variables));
        }
    }
    said
}

/// Each form with the name of its key in the place of `KEY`, and the secret in that of `SECRET`.
const LINES: [&str; 26] = [
    "KEY = SECRET",
    "KEY = \"SECRET",
    "KEY = SECRET\"",
    "KEY = 'SECRET",
    "KEY = \"\"\"SECRET",
    "KEY = '''SECRET",
    "KEY = \"SECRET\"SECRET\"",
    "KEY = \"SE\\CRET SECRET\"",
    "KEY = \"SECRET SECRET\"",
    "KEY = \"SECRET\\u0000\"",
    "KEY = \"SECRETé\"",
    "KEY = \"SECRET\\nSECRET\"",
    "KEY = [\"SECRET\"]",
    "KEY = [\"SECRET\"",
    "KEY = { value = \"SECRET\" }",
    "KEY = { SECRET = 1 }",
    "KEY = { SECRET",
    "KEY = true SECRET",
    "KEY = 5SECRET",
    "KEY.SECRET = \"x\"",
    "KEY \"SECRET\"",
    "KEY: SECRET",
    "SECRET = KEY",
    "SECRET",
    "[SECRET",
    "KEY = \"SECRET\"\nKEY = \"SECRET\"",
];

const KEYS: [(&str, &str); 6] = [
    ("store", "CHECKOUT_STORE"),
    ("session_key", "CHECKOUT_SESSION_KEY"),
    ("api_key", "CHECKOUT_MERCHANT__API_KEY"),
    ("app_secret", "CHECKOUT_OAUTH__APP_SECRET"),
    ("token", "CHECKOUT_ADMIN__TOKEN"),
    ("secret", "CHECKOUT_WEBHOOK__SECRET"),
];

#[test]
fn a_broken_line_of_the_file_is_not_repeated() {
    for (index, form) in LINES.iter().enumerate() {
        for (key, _) in KEYS {
            let workshop = Workshop::new();
            let secret = secret();
            workshop.set(key, &form.replace("KEY", key).replace("SECRET", &secret));
            for said in say(&workshop, index, key, &[]) {
                expect_silence(&workshop, &said, secret.as_bytes(), form);
            }
        }
    }
}

#[test]
fn numbers_in_the_place_of_a_secret_are_not_repeated() {
    let numbers = [
        "12345678901234567890",
        "1234567890123456",
        "48151623.42108",
        "-918273645546372819",
        "0x8c1f0b5d2e7a49c3",
        "1979-05-27T07:32:00Z",
    ];
    for (index, number) in numbers.into_iter().enumerate() {
        for (key, _) in KEYS {
            let workshop = Workshop::new();
            workshop.set(key, &format!("{key} = {number}"));
            let told = workshop.load().map(|_| ()).expect_err(number);
            assert_eq!(told.iter().count(), 1, "{told}");
            for said in say(&workshop, index, key, &[]) {
                expect_silence(&workshop, &said, number.as_bytes(), number);
            }
        }
    }
}

#[test]
fn a_broken_variable_is_not_repeated() {
    let secret = secret();
    let forms: [Vec<u8>; 10] = [
        format!("\"{secret}").into_bytes(),
        format!("{secret}\"").into_bytes(),
        format!("{secret} {secret}").into_bytes(),
        format!("{secret}\n{secret}").into_bytes(),
        format!("[\"{secret}\"]").into_bytes(),
        format!("{{\"key\": \"{secret}\"}}").into_bytes(),
        format!("\u{FEFF}\u{FEFF}{secret}x").into_bytes(),
        [secret.as_bytes(), b"\xFF\xFE"].concat(),
        format!("{secret}é").into_bytes(),
        secret[..20].into(),
    ];
    for (index, form) in forms.iter().enumerate() {
        for (_, variable) in KEYS {
            let workshop = Workshop::new();
            let variables = [(OsString::from(variable), OsString::from_vec(form.clone()))];
            for said in say(&workshop, index, variable, &variables) {
                expect_silence(&workshop, &said, secret.as_bytes(), variable);
            }
        }
    }
}

#[test]
fn a_wrong_address_of_a_database_does_not_show_its_password() {
    let secret = secret();
    for form in [
        "postgres://shop:SECRET@127.0.0.1:1/shop",
        "postgres://shop:SECRET@127.0.0.1:port/shop",
        "postgres://shop:SECRET@/shop",
        "postgres://shop:SE@CRET:SECRET@127.0.0.1:1/shop",
        "postgres://shop:SECRET@127.0.0.1:1/shop?colour=SECRET",
        "postgres://shop:SECRET@127.0.0.1:1/shop?sslmode=SECRET",
        "postgres://shop@127.0.0.1:1/shop?password=SECRET",
        "postgres://shop:SECRET%@127.0.0.1:1/shop",
        "postgres:/shop:SECRET@127.0.0.1:1/shop",
        "mysql://shop:SECRET@127.0.0.1:1/shop",
        "host=127.0.0.1 port=1 user=shop dbname=shop password=SECRET",
        "shop:SECRET@127.0.0.1",
    ] {
        let workshop = Workshop::new();
        let url = form.replace("SECRET", &secret);
        let variables = [(OsString::from("CHECKOUT_STORE"), OsString::from(&url))];
        for said in [
            run(&workshop, &[], &variables),
            run(&workshop, &["check"], &variables),
            run(&workshop, &["--store", &url], &[]),
            run(&workshop, &["--store", &url, "check"], &[]),
        ] {
            expect_silence(&workshop, &said, secret.as_bytes(), form);
        }
    }
}

/// A certificate and its key, and the parts of the key that are secret.
fn pair() -> (String, String, Vec<Vec<u8>>) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params
        .distinguished_name
        .push(DnType::CommonName, "1900000001");
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap().pem();
    let pem = key.serialize_pem();
    let lines = pem.lines().filter(|line| !line.starts_with("-----"));
    let text: String = lines.collect();
    // The first bytes say what kind of key it is, and are the same in all of them.
    let der = key.serialize_der()[36..].to_vec();
    (
        certificate,
        pem,
        vec![text.into_bytes()[48..].to_vec(), der],
    )
}

#[test]
fn a_broken_key_of_the_certificate_is_not_repeated() {
    let (certificate, key, secrets) = pair();
    let forms: [(&str, Vec<u8>); 13] = [
        ("without line breaks", key.replace('\n', "").into_bytes()),
        (
            "blanks for line breaks",
            key.replace('\n', " ").into_bytes(),
        ),
        (
            "with the characters \\n",
            key.replace('\n', "\\n").into_bytes(),
        ),
        ("with blanks", key.replace('\n', " \n ").into_bytes()),
        ("with a mark", format!("\u{FEFF}{key}").into_bytes()),
        ("with CRLF", key.replace('\n', "\r\n").into_bytes()),
        ("cut off", key.as_bytes()[..key.len() / 2].into()),
        (
            "cut in its last line",
            key.as_bytes()[..key.len() - 4].into(),
        ),
        (
            "damaged",
            key.replacen(&key[60..64], "?!?!", 1).into_bytes(),
        ),
        (
            "of another kind",
            key.replace("PRIVATE", "PUBLIC").into_bytes(),
        ),
        ("with half a first line", key[8..].into()),
        ("base64 alone", secrets[0].clone()),
        ("quoted", format!("\"{key}\"").into_bytes()),
    ];
    for (form, bytes) in forms {
        let workshop = Workshop::new();
        workshop.write("apiclient_cert.pem", &certificate);
        workshop.write("apiclient_key.pem", &bytes);
        let lines = "mch_id = \"1900000001\"\ncertificate = \"apiclient_cert.pem\"\n\
                     certificate_key = \"apiclient_key.pem\"";
        workshop.set("mch_id", lines);
        let file = run(&workshop, &["check"], &[]);
        let file_start = run(&workshop, &[], &[]);
        // The text itself in the place of its path.
        let variable = [(
            OsString::from("CHECKOUT_MERCHANT__CERTIFICATE_KEY"),
            OsString::from_vec(bytes),
        )];
        let in_variable = run(&workshop, &["order", ORDER], &variable);
        let in_variable_start = run(&workshop, &[], &variable);
        // And as the certificate.
        let lines = lines.replace("apiclient_cert", "apiclient_key");
        workshop.set("mch_id", &lines);
        let as_certificate = run(&workshop, &["check"], &[]);
        let is_understood = matches!(
            form,
            "with the characters \\n" | "with blanks" | "with a mark" | "with CRLF"
        );
        assert_eq!(
            file_start.status.is_none(),
            is_understood,
            "{form}: {}",
            file_start.text()
        );
        for said in [
            file,
            file_start,
            in_variable,
            in_variable_start,
            as_certificate,
        ] {
            for secret in &secrets {
                expect_silence(&workshop, &said, secret, form);
            }
        }
    }
}

/// Lists and numbers where the file of the key belongs, and an archive that is cut off.
#[test]
fn what_stands_for_a_certificate_is_not_repeated() {
    let (_, key, secrets) = pair();
    let line = key.lines().nth(1).unwrap().to_owned();
    let archive = include_bytes!("../../../../gateway/tests/gateway/data/certificate/legacy.p12");
    for form in [
        format!("certificate_key = \"\"\"{key}"),
        format!("certificate_key = \"{}\"", key.replace('\n', "\\n")),
        format!("certificate_key = {line}"),
        format!("certificate_key = [\"{line}\"]"),
        format!("certificate_key = {{ {line} = 1 }}"),
        "certificate_key = 12345678901234567890".to_owned(),
        "certificate = \"cut.p12\"".to_owned(),
    ] {
        let workshop = Workshop::new();
        workshop.write("cut.p12", &archive[..archive.len() - 9]);
        workshop.set("mch_id", &format!("mch_id = \"1900000001\"\n{form}"));
        for command in [COMMANDS[0], COMMANDS[1]] {
            let said = run(&workshop, command, &[]);
            assert!(
                said.status.is_some_and(|status| !status.success()),
                "{form}"
            );
            expect_silence(&workshop, &said, &secrets[0], &form);
            expect_silence(&workshop, &said, b"12345678901234567890", &form);
            expect_silence(&workshop, &said, &archive[200..], &form);
        }
    }
}
