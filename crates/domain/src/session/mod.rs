//! Sessions: a login that many requests are signed with, so that the password travels once.

mod id;
mod secret;
mod service;
mod signing;
mod store;
mod used;
mod user_sessions;

use std::{net::IpAddr, time::Duration};

use jiff::Timestamp;

pub use id::{SESSION_ID_MAX, SessionId};
pub use secret::{InvalidSessionSecret, SessionSecret, SessionToken};
pub use service::{Activity, Authenticated, FoundSession, Login, SessionService};
pub use signing::{SignatureFlaw, SignedRequest, SigningPolicy};
pub use store::{NewSession, SessionStore};
pub use used::TakenSignature;
pub use user_sessions::UserSessions;

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
    /// What people name it by.
    pub id: SessionId,
    /// What its requests name it by.
    pub key: SessionKey,
    /// Whose it is.
    pub user_id: UserId,
    /// When it began: whole seconds.
    pub begin_time: Timestamp,
    /// When it was last used, as far as that was written: whole seconds.
    pub last_active: Timestamp,
    /// Where that use came from; none for a session that an earlier release has written.
    pub address: Option<IpAddr>,
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
    /// Whether the session began less than `max_age` ago and has been used recently enough to be
    /// used again. Its last use may be later than was written, by [`ACTIVITY_STEP`].
    #[must_use]
    pub fn is_live(&self, now: Timestamp, max_age: Duration) -> bool {
        let is_within = |begin: Timestamp, limit: Duration| {
            let elapsed = now.duration_since(begin);
            elapsed.is_negative() || elapsed.unsigned_abs() < limit
        };
        is_within(self.last_active, IDLE + ACTIVITY_STEP) && is_within(self.begin_time, max_age)
    }

    /// Whether the use of the session at `now` is news.
    #[must_use]
    pub fn is_activity_due(&self, now: Timestamp) -> bool {
        now > self.last_active
            && now.duration_since(self.last_active).unsigned_abs() >= ACTIVITY_STEP
    }
}
