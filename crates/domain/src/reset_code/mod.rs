//! Reset codes: each lets a person without a password set one, once and within a short time.
//!
//! A help desk reads a code out, so it is written in Crockford's base 32, which has no letters that
//! are easily confused.

use std::fmt::Write as _;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::user_id::UserId;

/// Crockford's base 32: no I, L, O and U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The characters of a code, 5 random bits each: 140 bits.
const LENGTH: usize = 28;

/// The characters of a group, as a code is shown.
const GROUP: usize = 4;

/// A reset code. Its memory is wiped when it is dropped, and nothing can print it by accident:
///
/// ```compile_fail
/// let code = rollcall_domain::ResetCode::generate().unwrap();
/// println!("{code:?}");
/// ```
pub struct ResetCode(Zeroizing<String>);

/// The SHA-256 of a code, by which a store finds it: a copy of the store has no code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResetCodeHash(String);

/// A code to store. It ends every other code of its user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewResetCode {
    /// The hash of the code.
    pub hash: ResetCodeHash,
    /// The user whose password it sets.
    pub user_id: UserId,
    /// When it expires, in whole seconds.
    pub expire_time: Timestamp,
}

/// A code as it is shown once, to be handed to the user.
pub struct IssuedResetCode {
    /// The code.
    pub code: ResetCode,
    /// When it expires, in whole seconds.
    pub expire_time: Timestamp,
}

impl ResetCode {
    /// Generates a code.
    ///
    /// # Errors
    /// When the system cannot provide randomness.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut bytes = Zeroizing::new([0; LENGTH]);
        getrandom::fill(&mut *bytes)?;
        let mut code = Zeroizing::new(String::with_capacity(LENGTH));
        code.extend(bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])));
        Ok(Self(code))
    }

    /// The code that a person typed: in any case, with or without hyphens and spaces, and with the
    /// letters O, I and L for the digits that they look like. None if no code has this form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut code = Zeroizing::new(String::with_capacity(LENGTH));
        for character in text.chars().filter(|character| !matches!(character, '-' | ' ')) {
            let character = match character.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let is_of_code = u8::try_from(character).is_ok_and(|byte| ALPHABET.contains(&byte));
            if !is_of_code || code.len() == LENGTH {
                return None;
            }
            code.push(character);
        }
        (code.len() == LENGTH).then_some(Self(code))
    }

    /// The code in groups of four, separated by hyphens.
    #[must_use]
    pub fn shown(&self) -> Zeroizing<String> {
        let mut shown = Zeroizing::new(String::with_capacity(LENGTH + LENGTH / GROUP));
        for (place, character) in self.0.chars().enumerate() {
            if place > 0 && place % GROUP == 0 {
                shown.push('-');
            }
            shown.push(character);
        }
        shown
    }

    /// The hash by which a store finds the code.
    #[must_use]
    pub fn hash(&self) -> ResetCodeHash {
        let mut text = String::with_capacity(64);
        for byte in Sha256::digest(self.0.as_bytes()) {
            // Writing to a text does not fail.
            let _ = write!(text, "{byte:02x}");
        }
        ResetCodeHash(text)
    }
}

impl ResetCodeHash {
    /// The hash in hexadecimal.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::{ALPHABET, ResetCode};
    use std::collections::BTreeSet;

    #[test]
    fn codes_differ_and_use_every_character() {
        let codes: BTreeSet<_> =
            (0..200).map(|_| ResetCode::generate().unwrap().shown().to_string()).collect();
        assert_eq!(codes.len(), 200);
        let used: BTreeSet<_> = codes.iter().flat_map(|code| code.bytes()).collect();
        assert_eq!(used.len(), ALPHABET.len() + 1);
        let shape = |code: &String| code.split('-').map(str::len).collect::<Vec<_>>();
        assert!(codes.iter().all(|code| shape(code) == [4; 7]));
    }

    #[test]
    fn a_code_is_the_same_however_it_is_typed() {
        let of = |text: &str| ResetCode::parse(text).map(|code| code.hash());
        let hash = of("0123-4567-89AB-CDEF-GHJK-MN01-1VWX").unwrap();
        for typed in [
            "0123456789ABCDEFGHJKMN011VWX",
            "o123-4567-89ab-cdef-ghjk-mnOi-lvwx",
            " 0l23 4567 89ab cdef ghjk mn01 1vwx ",
        ] {
            assert_eq!(of(typed), Some(hash.clone()), "{typed}");
        }
        assert_eq!(hash.as_str().len(), 64);
        for other in [
            "",
            "0123-4567-89AB-CDEF-GHJK-MN01-1VW",
            "0123-4567-89AB-CDEF-GHJK-MN01-1VWX0",
            "U123-4567-89AB-CDEF-GHJK-MN01-1VWX",
            "0123.4567.89AB.CDEF.GHJK.MN01.1VWX",
            "٠123-4567-89AB-CDEF-GHJK-MN01-1VWX",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
        assert_ne!(of("0123-4567-89AB-CDEF-GHJK-MN01-1VWZ"), Some(hash));
    }
}
