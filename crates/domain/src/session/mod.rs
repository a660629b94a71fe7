//! Sessions: a log-in whose token signs later requests, so that the password is sent only once.

pub(crate) mod id;
pub(crate) mod secret;
pub(crate) mod signing;
pub(crate) mod used_signatures;

pub use crate::error::signature::SignatureFlaw;
pub use id::SessionId;
pub use secret::{InvalidSessionSecret, SessionSecret, SessionToken};
pub use signing::{SignedRequest, SigningPolicy};
pub use used_signatures::signature::TakenSignature;

use std::{net::IpAddr, time::Duration};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jiff::Timestamp;

use crate::{
    user::{Account, Status},
    user_id::UserId,
};

/// A session ends after this long without activity.
pub const IDLE: Duration = Duration::from_secs(24 * 60 * 60);

/// How old the recorded activity of a session may get before it is written again.
pub const ACTIVITY_STEP: Duration = Duration::from_secs(60);

/// The maximum number of a user's sessions. Another one ends the session that was idle longest.
pub const MAX_COUNT: usize = 1000;

/// Identifies a session in requests. Not secret, since it cannot sign.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SessionKey(String);

/// A session as a store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Identifies the session for people.
    pub id: SessionId,
    /// Identifies the session in requests.
    pub key: SessionKey,
    /// The user that the session belongs to.
    pub user_id: UserId,
    /// When the session began, in whole seconds.
    pub begin_time: Timestamp,
    /// When the session was last used, as far as that is recorded, in whole seconds.
    pub last_active: Timestamp,
    /// The client's address at that time; none for sessions written by an earlier release.
    pub address: Option<IpAddr>,
}

/// A session to store.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Identifies the session for people; unique.
    pub id: SessionId,
    /// Identifies the session in requests; unique.
    pub key: SessionKey,
    /// The account as it was when the password was verified.
    pub account: Account,
    /// When the session begins.
    pub time: Timestamp,
}

impl SessionKey {
    /// Generates a new key: 192 random bits, in letters, digits, `-` and `_`.
    ///
    /// # Errors
    /// When the system cannot provide randomness.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 24];
        getrandom::fill(&mut bytes)?;
        Ok(Self(opaque_text(&bytes)))
    }

    /// The key in a request, which may belong to no session. Text with anything but visible ASCII
    /// becomes the empty key, which no session has.
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
    /// Whether the session began less than `max_age` ago and was used recently enough. The last use
    /// may be later than the recorded one by up to [`ACTIVITY_STEP`].
    #[must_use]
    pub fn is_live(&self, now: Timestamp, max_age: Duration) -> bool {
        let is_within = |begin: Timestamp, limit: Duration| {
            let elapsed = now.duration_since(begin);
            elapsed.is_negative() || elapsed.unsigned_abs() < limit
        };
        is_within(self.last_active, IDLE + ACTIVITY_STEP) && is_within(self.begin_time, max_age)
    }

    /// Whether the use of the session at `now` needs to be recorded.
    #[must_use]
    pub fn is_activity_due(&self, now: Timestamp) -> bool {
        now > self.last_active
            && now.duration_since(self.last_active).unsigned_abs() >= ACTIVITY_STEP
    }
}

impl NewSession {
    /// Whether the account, as it is now, is enabled and still has the verified password.
    #[must_use]
    pub fn may_begin(&self, now: &Account) -> bool {
        now.user.status == Status::Enabled && now.password_version == self.account.password_version
    }
}

/// Encodes bytes as text for headers and paths.
fn opaque_text(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}
