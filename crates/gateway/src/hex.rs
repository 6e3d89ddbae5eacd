//! Hexadecimal text of digests.

/// `0123456789abcdef`.
pub(crate) fn lower(bytes: &[u8]) -> String {
    encode(bytes, b"0123456789abcdef")
}

/// `0123456789ABCDEF`, the case of version 2 signatures.
pub(crate) fn upper(bytes: &[u8]) -> String {
    encode(bytes, b"0123456789ABCDEF")
}

fn encode(bytes: &[u8], digits: &[u8; 16]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(digits[usize::from(byte >> 4)]));
        text.push(char::from(digits[usize::from(byte & 0x0F)]));
    }
    text
}
