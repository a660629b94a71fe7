//! What people and paths name a key by.

use std::fmt;

use crate::{error::UserError, session::id::SessionId};

/// What people and paths name a key by: a random number, which proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub i64);

impl KeyId {
    /// An id that no other key has: one of 2^53, as of sessions.
    ///
    /// # Errors
    /// [`UserError::Randomness`] when the system has none to give.
    pub fn generate() -> Result<Self, UserError> {
        SessionId::generate().map(|SessionId(number)| Self(number)).map_err(UserError::Randomness)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}
