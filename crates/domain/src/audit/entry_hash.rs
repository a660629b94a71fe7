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

impl fmt::Display for EntryHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
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
