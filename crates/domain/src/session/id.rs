//! What people name a session by.

use std::fmt;

use crate::limits::LARGEST_NUMBER;

/// What people name a session by: a random number that has nothing to do with the session's key,
/// so that a list of sessions does not help to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub i64);

impl SessionId {
    /// An id that no other session has: one of 2^53.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes)?;
        Ok(Self((i64::from_be_bytes(bytes) & LARGEST_NUMBER).max(1)))
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::{LARGEST_NUMBER, SessionId};
    use std::collections::BTreeSet;

    #[test]
    fn ids_differ_and_fit_in_javascript() {
        let ids: BTreeSet<_> = (0..1000).map(|_| SessionId::generate().unwrap().0).collect();
        assert_eq!(ids.len(), 1000);
        assert!(ids.iter().all(|id| (1..=LARGEST_NUMBER).contains(id)));
        // Of a thousand, half use the highest bit.
        assert!(ids.iter().any(|id| *id > LARGEST_NUMBER / 2));
    }
}
