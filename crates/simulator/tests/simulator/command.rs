//! The command: what it prints, and how it refuses.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use wechat_checkout_simulator::Scenario;

fn command() -> Command {
    Command::new(env!("CARGO_BIN_EXE_wechat-checkout-simulator"))
}

#[test]
fn scenarios_are_listed_a_line_each_name_first() {
    let output = command().arg("scenarios").output().expect("it runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let names: Vec<&str> = text
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let wanted: Vec<&str> = Scenario::ALL
        .iter()
        .map(|scenario| scenario.name())
        .collect();
    assert_eq!(names, wanted);
}

#[test]
fn it_says_where_it_listens_and_a_taken_port_is_a_sentence() {
    let mut running = command()
        .args(["--gateway", "127.0.0.1:0", "--client", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let lines = BufReader::new(running.stdout.take().expect("its output")).lines();
    let said: Vec<String> = lines.take(2).map(|line| line.expect("a line")).collect();
    assert!(said[0].starts_with("gateway http://127.0.0.1:"), "{said:?}");
    assert!(said[1].starts_with("client http://127.0.0.1:"), "{said:?}");
    let taken = said[0]
        .trim_start_matches("gateway http://")
        .trim_end_matches('/');
    let second = command()
        .args(["--gateway", taken])
        .output()
        .expect("it ends");
    running.kill().expect("it was running");
    running.wait().expect("it ends");
    let sentence = String::from_utf8(second.stderr).expect("UTF-8");
    assert!(!second.status.success());
    assert!(
        sentence.starts_with(&format!(
            "error: simulator did not start: cannot listen on {taken}"
        )),
        "{sentence}"
    );
}

#[test]
fn bad_arguments_are_named() {
    let rows = [
        (["--scenario", "no-such"], "no such scenario"),
        (["--agent", "nokia"], "no such agent"),
        (["--page", "not a url"], "--page"),
        (
            ["--api-key", "short"],
            "API key has 5 characters instead of 32",
        ),
    ];
    for (arguments, wanted) in rows {
        let output = command().args(arguments).output().expect("it ends");
        let sentence = String::from_utf8(output.stderr).expect("UTF-8");
        assert!(
            !output.status.success() && sentence.contains(wanted),
            "{arguments:?}: {sentence}"
        );
    }
}

/// A merchant's file and a key are as secret here as anywhere: people try their own.
#[test]
fn a_broken_file_is_told_without_what_stands_in_it() {
    let folder = std::env::temp_dir();
    let path = |name: &str| {
        let name = format!("{}-{name}", std::process::id());
        folder.join(name).display().to_string()
    };
    let (merchants, certificate, key) = (path("merchants.toml"), path("c.pem"), path("k.pem"));
    let signed = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a pair");
    let pem = signed.signing_key.serialize_pem();
    std::fs::write(&certificate, signed.cert.pem()).expect("written");
    std::fs::write(&key, pem.replace('\n', "")).expect("written");
    let tls = [
        ["--tls-certificate", &certificate],
        ["--tls-key", &key],
        ["--merchant-ca", &certificate],
    ];
    let refused = |arguments: &[&str]| {
        let free = ["--gateway", "127.0.0.1:0", "--client", "127.0.0.1:0"];
        let output = command().args(free).args(arguments).output();
        let output = output.expect("it ends");
        assert!(!output.status.success());
        String::from_utf8(output.stderr).expect("UTF-8")
    };
    let sentence = refused(&tls.concat());
    assert!(
        sentence.contains("the gateway's key is not readable PEM"),
        "{sentence}"
    );
    assert!(
        !sentence.contains("45, 45, 45") && !sentence.contains(&pem[40..60]),
        "{sentence}"
    );
    for line in [
        "api_key = 4815162342108",
        "api_key = My4815162342108Key",
        "api_key = \"4815162342108",
    ] {
        std::fs::write(
            &merchants,
            format!("[[merchant]]\nappid = \"wx1\"\n{line}\n"),
        )
        .expect("written");
        let sentence = refused(&["--merchants", &merchants]);
        assert!(sentence.contains("near line"), "{sentence}");
        assert!(!sentence.contains("4815162342108"), "{sentence}");
    }
    for file in [merchants, certificate, key] {
        let _ = std::fs::remove_file(file);
    }
}
