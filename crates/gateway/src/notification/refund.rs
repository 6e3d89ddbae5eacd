//! The refund notification (退款结果通知): encrypted, but neither signed nor authenticated.
//!
//! Official page: <https://pay.weixin.qq.com/wiki/doc/api/jsapi.php?chapter=9_16>.
//!
//! The outer message has no `sign`, and AES in ECB mode notices no change: what is read here is
//! a hint to ask [`crate::Client::refundquery`], and never moves money by itself. That is why it
//! does not come as a [`crate::Verified`].

use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use aes::{Aes256, Block};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};
use wechat_checkout_protocol::Fen;

use crate::call::RefundStatus;
use crate::fields::{self, FieldError};
use crate::xml::{self, XmlError};
use crate::{ApiKey, Merchant, Params};

const BLOCK_BYTES: usize = 16;

/// Somebody who knows the API key, or has seen an older notification, says this about a refund.
/// Amounts are in fen.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RefundNotification {
    /// 商户退款单号: what to query.
    pub out_refund_no: String,
    /// 微信退款单号.
    pub refund_id: String,
    /// 商户订单号.
    pub out_trade_no: String,
    /// 微信支付订单号.
    pub transaction_id: String,
    /// 退款状态.
    pub refund_status: RefundStatus,
    /// 申请退款金额.
    pub refund_fee: Fen,
    /// 退款金额: without the coupons that nobody paid for.
    pub settlement_refund_fee: Option<Fen>,
    /// 现金退款金额: without coupons.
    pub cash_refund_fee: Option<Fen>,
    /// 订单金额.
    pub total_fee: Option<Fen>,
    /// 应结订单金额: the order without the coupons that nobody paid for.
    pub settlement_total_fee: Option<Fen>,
    /// `yyyy-MM-dd HH:mm:ss`, Beijing time: see [`crate::beijing::parse_dashed`].
    pub success_time: Option<String>,
    /// 退款入账账户, in words. On the wire it is spelt `refund_recv_accout`.
    pub refund_recv_account: Option<String>,
    /// 退款资金来源.
    pub refund_account: Option<String>,
    /// 退款发起来源: `API` or `VENDOR_PLATFORM`.
    pub refund_request_source: Option<String>,
    /// Every decrypted parameter, also the undocumented ones.
    pub params: Params,
    /// Every parameter around the encrypted ones; nothing vouches for them.
    pub outer: Params,
}

/// Why a refund notification is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RefundNotificationError {
    /// Not WeChat's XML.
    #[error("notification is not readable")]
    Unreadable(#[source] XmlError),
    /// `return_code` is not `SUCCESS`.
    #[error("notification reports a communication failure")]
    CommunicationFailed,
    /// Without appid and mch_id, or with those of somebody else.
    #[error("notification is not addressed to this merchant")]
    NotAddressed,
    /// `req_info` is missing, not base64, or not encrypted with this merchant's key.
    #[error("notification cannot be decrypted")]
    Undecryptable,
    /// Decrypted, but not to WeChat's XML.
    #[error("decrypted notification is not readable")]
    InnerUnreadable(#[source] XmlError),
    /// Without what every refund has.
    #[error("notification is incomplete")]
    Incomplete(#[from] FieldError),
}

/// Reads and decrypts the body of a refund notification.
///
/// # Errors
/// Nothing in the message may be used then.
pub fn read_refund(
    merchant: &Merchant,
    body: &[u8],
) -> Result<RefundNotification, RefundNotificationError> {
    let outer = xml::read(body).map_err(RefundNotificationError::Unreadable)?;
    if outer.get("return_code") != Some("SUCCESS") {
        return Err(RefundNotificationError::CommunicationFailed);
    }
    let is_ours = outer.get("appid") == Some(merchant.appid())
        && outer.get("mch_id") == Some(merchant.mch_id());
    if !is_ours {
        return Err(RefundNotificationError::NotAddressed);
    }
    let plain = outer
        .get("req_info")
        .and_then(|info| decrypt(merchant.key(), info));
    let plain = plain.ok_or(RefundNotificationError::Undecryptable)?;
    let params =
        xml::read_under("root", &plain).map_err(RefundNotificationError::InnerUnreadable)?;
    Ok(RefundNotification {
        out_refund_no: fields::required(&params, "out_refund_no")?,
        refund_id: fields::required(&params, "refund_id")?,
        out_trade_no: fields::required(&params, "out_trade_no")?,
        transaction_id: fields::required(&params, "transaction_id")?,
        refund_status: RefundStatus::parse(&fields::required(&params, "refund_status")?),
        refund_fee: fields::required_fen(&params, "refund_fee")?,
        settlement_refund_fee: fields::fen(&params, "settlement_refund_fee")?,
        cash_refund_fee: fields::fen(&params, "cash_refund_fee")?,
        total_fee: fields::fen(&params, "total_fee")?,
        settlement_total_fee: fields::fen(&params, "settlement_total_fee")?,
        success_time: fields::text(&params, "success_time"),
        refund_recv_account: fields::text(&params, "refund_recv_accout"),
        refund_account: fields::text(&params, "refund_account"),
        refund_request_source: fields::text(&params, "refund_request_source"),
        params,
        outer,
    })
}

/// Writes a refund notification as WeChat does; for whoever plays WeChat.
#[must_use]
pub fn write_refund(merchant: &Merchant, refund: &Params) -> String {
    let plain = xml::write_under("root", refund);
    let outer = Params::from_iter([
        ("return_code", "SUCCESS"),
        ("appid", merchant.appid()),
        ("mch_id", merchant.mch_id()),
        ("nonce_str", &crate::nonce::fresh()),
        ("req_info", &encrypt(merchant.key(), plain.as_bytes())),
    ]);
    xml::write(&outer)
}

/// The key is the MD5 of the API key *as 32 lower-case hex characters*, not as 16 bytes.
fn cipher(key: &ApiKey) -> Aes256 {
    let hex = crate::hex::lower(&Md5::digest(key.expose().as_bytes()));
    Aes256::new_from_slice(hex.as_bytes()).expect("32 characters are an AES-256 key")
}

fn decrypt(key: &ApiKey, info: &str) -> Option<Vec<u8>> {
    let mut bytes = STANDARD.decode(info.trim_ascii()).ok()?;
    if bytes.is_empty() || bytes.len() % BLOCK_BYTES != 0 {
        return None;
    }
    let cipher = cipher(key);
    for chunk in bytes.chunks_exact_mut(BLOCK_BYTES) {
        let mut block = Block::try_from(&*chunk).ok()?;
        cipher.decrypt_block(&mut block);
        chunk.copy_from_slice(&block);
    }
    // PKCS#7: the last byte says how many bytes were added, and all of them are alike.
    let padding = usize::from(*bytes.last()?);
    let length = bytes.len().checked_sub(padding)?;
    let is_padding = (1..=BLOCK_BYTES).contains(&padding)
        && bytes[length..]
            .iter()
            .all(|&byte| usize::from(byte) == padding);
    bytes.truncate(length);
    is_padding.then_some(bytes)
}

fn encrypt(key: &ApiKey, plain: &[u8]) -> String {
    let padding = BLOCK_BYTES - plain.len() % BLOCK_BYTES;
    let mut bytes = plain.to_vec();
    bytes.resize(
        plain.len() + padding,
        u8::try_from(padding).expect("1 to 16"),
    );
    let cipher = cipher(key);
    for chunk in bytes.chunks_exact_mut(BLOCK_BYTES) {
        let mut block = Block::try_from(&*chunk).expect("a whole block");
        cipher.encrypt_block(&mut block);
        chunk.copy_from_slice(&block);
    }
    STANDARD.encode(bytes)
}
