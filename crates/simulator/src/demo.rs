//! The merchant that exists from the start, so that a newcomer needs no account.
//!
//! These values are public and worth nothing: no real merchant can have them.

/// The official account's appid.
pub const APPID: &str = "wx5100000000000001";
/// The merchant number.
pub const MCH_ID: &str = "1900000001";
/// The API key (API 密钥) of 32 characters.
pub const API_KEY: &str = "SimulatedApiKeyForLocalUseOnly01";
/// The official account's secret for OAuth.
pub const APP_SECRET: &str = "SimulatedAppSecretLocalUseOnly01";
/// What the pay sheet shows as the payee.
pub const MERCHANT_NAME: &str = "轻松会员商城";
