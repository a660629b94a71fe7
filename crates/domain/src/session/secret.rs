//! The secret from which the tokens of sessions are derived.

use std::collections::BTreeSet;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use thiserror::Error;

use super::{SessionKey, opaque_text};

/// The minimum length of a secret.
const MIN_BYTES: usize = 32;

/// The minimum number of different bytes: random secrets have more, in whatever encoding.
const MIN_DIFFERENT_BYTES: usize = 8;

/// Separates tokens from anything else that is derived from the same secret.
const LABEL: &[u8] = b"rollcall session token\n";

/// The server's secret. It is kept outside the store, so a copy of the store cannot be used to
/// sign.
pub struct SessionSecret(Hmac<Sha256>);

/// Signs the requests of a session. Opaque to its owner, never stored, and sent only once.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken(String);

/// The secret could be guessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "must be at least {MIN_BYTES} bytes, {MIN_DIFFERENT_BYTES} of them different, such as from \
     `openssl rand -base64 48`"
)]
pub struct InvalidSessionSecret;

impl SessionSecret {
    /// A secret with these bytes.
    ///
    /// # Errors
    /// [`InvalidSessionSecret`] when it is too short or too repetitive.
    pub fn new(secret: &[u8]) -> Result<Self, InvalidSessionSecret> {
        let different = secret.iter().collect::<BTreeSet<_>>().len();
        if secret.len() < MIN_BYTES || different < MIN_DIFFERENT_BYTES {
            return Err(InvalidSessionSecret);
        }
        Hmac::new_from_slice(secret).map(Self).map_err(|_| InvalidSessionSecret)
    }

    /// Generates a random secret as text.
    ///
    /// # Errors
    /// When the system cannot provide randomness.
    pub fn generate() -> Result<String, getrandom::Error> {
        let mut bytes = [0; 48];
        getrandom::fill(&mut bytes)?;
        Ok(opaque_text(&bytes))
    }

    /// Derives the token of the session with this key.
    #[must_use]
    pub fn token(&self, key: &SessionKey) -> SessionToken {
        let mac = self.0.clone().chain_update(LABEL).chain_update(key.as_str());
        SessionToken(opaque_text(&mac.finalize().into_bytes()))
    }
}

impl SessionToken {
    /// The token's text, which is sent once.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::{InvalidSessionSecret, SessionKey, SessionSecret};

    #[test]
    fn a_token_belongs_to_one_key_and_one_secret() {
        let secret = |first: u8| -> Vec<u8> { (first..first + 32).collect() };
        let [one, other] = [1, 2].map(|first| SessionSecret::new(&secret(first)).unwrap());
        let key = SessionKey::of("key");
        assert!(one.token(&key) == one.token(&key));
        assert!(one.token(&key) != other.token(&key));
        assert!(one.token(&key) != one.token(&SessionKey::of("key2")));
    }

    #[test]
    fn a_secret_that_could_be_guessed_is_refused() {
        for guessed in [&b"0123456789012345678901234567890"[..], &[0; 32], &b"changeme".repeat(9)] {
            assert_eq!(SessionSecret::new(guessed).err(), Some(InvalidSessionSecret));
        }
        let generated = SessionSecret::generate().unwrap();
        assert!(SessionSecret::new(generated.as_bytes()).is_ok());
        assert_ne!(SessionSecret::generate().unwrap(), generated);
    }
}
