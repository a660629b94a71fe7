//! Sessions: a login that many requests are signed with, so that the password travels once.

mod secret;
mod service;
mod signing;
mod store;
mod used;

use std::time::Duration;

use jiff::Timestamp;

pub use secret::{InvalidSessionSecret, SessionSecret, SessionToken};
pub use service::{Activity, FoundSession, Login, SessionService};
pub use signing::{SignatureFlaw, SignedRequest, SigningPolicy};
pub use store::{NewSession, SessionStore};

use crate::UserId;

/// After how long without activity a session ends.
pub const IDLE: Duration = Duration::from_secs(24 * 60 * 60);

/// How old the record of a session's activity may get before it is written anew.
pub const ACTIVITY_STEP: Duration = Duration::from_secs(60);

/// How many sessions a user has at most. One more ends the one that has been idle for longest.
pub const MAX_COUNT: usize = 1000;

/// What a request names its session by. No secret: it does not sign.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SessionKey(String);

/// A session as a store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its name.
    pub key: SessionKey,
    /// Whose it is.
    pub user_id: UserId,
    /// When it was last used, as far as that was written: whole seconds.
    pub last_active: Timestamp,
}

impl SessionKey {
    /// A key that nobody has: 192 random bits, in letters, digits, `-` and `_`.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 24];
        getrandom::fill(&mut bytes)?;
        Ok(Self(secret::opaque_text(&bytes)))
    }

    /// A key as somebody else says it: whether there is such a session is for the store to say. What
    /// holds anything but visible ASCII comes out empty, which is nobody's key.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let is_visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        Self(if is_visible { text.to_owned() } else { String::new() })
    }

    /// The key's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Session {
    /// Whether the session has been used recently enough to be used again. Its last use may be later
    /// than was written, by [`ACTIVITY_STEP`].
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        let idle = now.duration_since(self.last_active);
        idle.is_negative() || idle.unsigned_abs() < IDLE + ACTIVITY_STEP
    }

    /// Whether the use of the session at `now` is news.
    #[must_use]
    pub fn is_activity_due(&self, now: Timestamp) -> bool {
        now > self.last_active
            && now.duration_since(self.last_active).unsigned_abs() >= ACTIVITY_STEP
    }
}
