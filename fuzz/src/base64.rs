//! Standard base64 (RFC 4648 section 4) with full, partial or no padding, implemented from the RFC.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The text of `bytes`, without padding.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let value =
            (0..3).fold(0, |value, at| value << 8 | u32::from(*group.get(at).unwrap_or(&0)));
        for digit in 0..=group.len() {
            text.push(char::from(ALPHABET[(value >> (18 - 6 * digit) & 63) as usize]));
        }
    }
    text
}

/// The padding that `text` may have.
#[must_use]
pub fn padding(text: &str) -> &'static str {
    ["", "", "==", "="][text.len() % 4]
}

/// The bytes of `text`; none if it is not base64, or has bits to spare that are not zero.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    if digits.len() % 4 == 1 || !padding(digits).starts_with(&text[digits.len()..]) {
        return None;
    }
    let (mut bytes, mut value, mut bits) = (Vec::new(), 0_u32, 0);
    for digit in digits.bytes() {
        value =
            value << 6 | u32::try_from(ALPHABET.iter().position(|known| *known == digit)?).ok()?;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(value >> bits).ok()?);
            value &= (1 << bits) - 1;
        }
    }
    (value == 0).then_some(bytes)
}
