//! The hash of an entry, and its text.

use std::{fmt, str::FromStr};

use thiserror::Error;

/// The SHA-256 of an entry, which covers all earlier ones through the hash before it. Shown in
/// hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryHash(pub [u8; 32]);

/// The text is not a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("must be NUMBER:HASH, with a hash of 64 hexadecimal digits, as `audit verify` says it")]
pub struct InvalidMark;

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Without the machinery of `{:02x}`, which would take half as long as the hash itself.
impl fmt::Display for EntryHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; 64];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
            pair.copy_from_slice(&[byte >> 4, byte & 0xf].map(|digit| DIGITS[usize::from(digit)]));
        }
        formatter.write_str(str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl FromStr for EntryHash {
    type Err = InvalidMark;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.as_bytes();
        if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(InvalidMark);
        }
        let mut hash = [0; 32];
        for (byte, pair) in hash.iter_mut().zip(digits.chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| InvalidMark)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| InvalidMark)?;
        }
        Ok(Self(hash))
    }
}
