//! Explains the signature of a message on the command line.
//!
//! ```text
//! SHOP_KEY=… cargo run -p wechat-checkout-gateway --example explain -- message.xml SHOP_KEY MD5
//! ```
//!
//! The key is named and not given, because arguments end up in histories and process lists.
//! A refusal of WeChat's is explained by its words and its code, too.

use std::io::Read;
use std::process::ExitCode;

use anyhow::{Context, bail};
use wechat_checkout_gateway::explain::{Finding, explain};
use wechat_checkout_gateway::{ApiKey, ErrCode, SignType, advice, xml};

fn main() -> anyhow::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (file, key_name, sign_type) = match &arguments[..] {
        [file, key_name] => (file, key_name, SignType::Md5),
        [file, key_name, sign_type] => (file, key_name, sign_type.parse()?),
        _ => bail!("usage: explain FILE|- KEY_VARIABLE [MD5|HMAC-SHA256]"),
    };
    let key = std::env::var(key_name)
        .with_context(|| format!("the environment has no readable variable {key_name}"))?;
    let key = ApiKey::parse(&key).with_context(|| format!("{key_name} is not an API key"))?;
    let mut message = Vec::new();
    match file.as_str() {
        "-" => std::io::stdin()
            .read_to_end(&mut message)
            .context("standard input")?,
        file => std::fs::File::open(file)
            .and_then(|mut file| file.read_to_end(&mut message))
            .with_context(|| format!("{file} cannot be read"))?,
    };
    let params = xml::read(&message).context("the message is not WeChat's XML")?;
    let explanation = explain(&params, &key, key_name, sign_type);
    println!("key          {key_name}, fingerprint {}", key.fingerprint());
    println!("{explanation}");
    let word = |name| params.get(name).unwrap_or_default();
    let advice = advice::of_words(word("err_code_des"))
        .or_else(|| advice::of_words(word("return_msg")))
        .or_else(|| advice::of_code(&ErrCode::parse(word("err_code"))));
    if let Some(advice) = advice {
        println!("refusal      {advice}");
    }
    let is_right = explanation.finding == Finding::Right;
    Ok(if is_right {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
