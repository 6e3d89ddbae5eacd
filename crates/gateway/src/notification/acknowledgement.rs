//! Answers to notifications: WeChat compares them literally and repeats for a day if they differ.

/// The notification is stored: do not send it again. Answer it with HTTP 200.
pub const ACK_SUCCESS: &str = "<xml><return_code><![CDATA[SUCCESS]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>";

/// The notification was not taken: send it again later.
///
/// The reason is a fixed sentence of ours, so that no answer can tell a forger which of the
/// checks stopped him, nor carry anything that he sent.
#[must_use]
pub fn ack_fail(reason: &'static str) -> String {
    debug_assert!(!reason.contains("]]>"), "a reason is a plain sentence");
    [
        "<xml><return_code><![CDATA[FAIL]]></return_code><return_msg><![CDATA[",
        reason,
        "]]></return_msg></xml>",
    ]
    .concat()
}
