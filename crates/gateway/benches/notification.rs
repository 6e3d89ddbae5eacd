//! How many payment notifications one core reads and verifies in a second.
//!
//! `cargo bench -p wechat-checkout-gateway --bench notification`; the bar is 300 000 items/s for
//! MD5, whose cost is mostly ours; HMAC-SHA256 is dominated by the digest.

// Each closure gives a `bool`: results that divan keeps until the end of a sample would make the
// allocator, and not the gateway, the thing that is measured.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use wechat_checkout_gateway::notification::read_payment;
use wechat_checkout_gateway::{ApiKey, Merchant, Params, SignType, xml};

fn main() {
    divan::main();
}

fn merchant(sign_type: SignType) -> Merchant {
    let key = ApiKey::parse("192006250b4c09247ec02edce69f6a2d").expect("a key");
    Merchant::new("wx2421b1c4370ec43b", "10000100", sign_type, key).expect("a merchant")
}

/// The 18 fields of an ordinary notification: 820 bytes when MD5-signed.
fn message(merchant: &Merchant) -> String {
    let mut params = Params::from_iter([
        ("appid", merchant.appid()),
        ("attach", "轻松会员商城-支付测试1"),
        ("bank_type", "CFT"),
        ("cash_fee", "1990"),
        ("fee_type", "CNY"),
        ("is_subscribe", "Y"),
        ("mch_id", merchant.mch_id()),
        ("openid", "oUpF8uMEb4qRXf22hE3X68TekukE"),
        ("out_trade_no", "0193f0c2a4b87d01a2b3c4d5e6f70819"),
        ("result_code", "SUCCESS"),
        ("return_code", "SUCCESS"),
        ("time_end", "20140903131540"),
        ("total_fee", "1990"),
        ("trade_type", "JSAPI"),
        ("transaction_id", "1004400740201409030005092168"),
    ]);
    merchant.sign(&mut params);
    xml::write(&params)
}

#[divan::bench(sample_size = 1000, args = [SignType::Md5, SignType::HmacSha256])]
fn read_and_verify(bencher: Bencher<'_, '_>, sign_type: SignType) {
    let merchant = merchant(sign_type);
    let message = message(&merchant);
    bencher
        .counter(ItemsCount::new(1_usize))
        .bench_local(|| read_payment(&merchant, black_box(message.as_bytes())).is_ok());
}

#[divan::bench(sample_size = 1000)]
fn read_only(bencher: Bencher<'_, '_>) {
    let message = message(&merchant(SignType::Md5));
    bencher
        .counter(ItemsCount::new(1_usize))
        .bench_local(|| xml::read(black_box(message.as_bytes())).is_ok());
}

/// What a forger's message costs.
#[divan::bench(sample_size = 1000)]
fn refuse_a_forged_one(bencher: Bencher<'_, '_>) {
    let merchant = merchant(SignType::Md5);
    let message = message(&merchant).replace("<total_fee>1990", "<total_fee>1991");
    bencher
        .counter(ItemsCount::new(1_usize))
        .bench_local(|| read_payment(&merchant, black_box(message.as_bytes())).is_err());
}

/// The part of the work that no parser can save.
#[divan::bench(sample_size = 1000)]
fn sign_only(bencher: Bencher<'_, '_>) {
    let merchant = merchant(SignType::Md5);
    let params = xml::read(message(&merchant).as_bytes()).expect("reads");
    bencher
        .counter(ItemsCount::new(1_usize))
        .bench_local(|| merchant.verify(black_box(params.clone())).is_ok());
}
