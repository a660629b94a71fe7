//! API keys: secrets by which programs act as a user, within scopes and without the password.

pub(crate) mod id;
mod member;
pub(crate) mod name;
pub(crate) mod scope;
pub(crate) mod secret;
mod text;

pub use id::KeyId;
pub use member::KeyMember;
pub use name::{InvalidKeyName, KeyName};
pub use scope::{KeyRefusal, Scope, Scopes};
pub use secret::{KeyHash, KeySecret};

use std::time::Duration;

use jiff::Timestamp;

use crate::user_id::UserId;

/// How old the recorded last use of a key may get before it is written again.
pub const USE_STEP: Duration = Duration::from_secs(60);

/// The maximum number of a user's keys.
pub const MAX_COUNT: usize = 100;

/// An API key as a store keeps it. The secret is not part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Identifies the key for people and in paths.
    pub id: KeyId,
    /// The user that the key acts as.
    pub user_id: UserId,
    /// Proves the secret.
    pub hash: KeyHash,
    /// The beginning of the secret, by which people recognize it.
    pub prefix: String,
    /// The name that its maker gave it.
    pub name: KeyName,
    /// The actions that it permits.
    pub scopes: Scopes,
    /// When the key was made, in whole seconds.
    pub create_time: Timestamp,
    /// When the key expires, in whole seconds; none if never.
    pub expire_time: Option<Timestamp>,
    /// When the key was last used, as far as that is recorded, in whole seconds.
    pub last_use: Option<Timestamp>,
}

/// A key to store.
#[derive(Clone, Debug)]
pub struct NewApiKey {
    /// Identifies the key; unique.
    pub id: KeyId,
    /// Proves the secret; unique.
    pub hash: KeyHash,
    /// The beginning of the secret.
    pub prefix: String,
    /// What its maker wants of it.
    pub request: KeyRequest,
    /// When the key is made, in whole seconds.
    pub create_time: Timestamp,
}

/// What the maker of a key chooses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRequest {
    /// The name, for people.
    pub name: KeyName,
    /// The actions that the key permits.
    pub scopes: Scopes,
    /// When the key expires; none if never.
    pub expire_time: Option<Timestamp>,
}

impl NewApiKey {
    /// The key as the store keeps it for this user.
    #[must_use]
    pub fn of_user(self, user_id: UserId) -> ApiKey {
        let Self { id, hash, prefix, request, create_time } = self;
        let KeyRequest { name, scopes, expire_time } = request;
        let last_use = None;
        ApiKey { id, user_id, hash, prefix, name, scopes, create_time, expire_time, last_use }
    }
}

impl ApiKey {
    /// Whether the key has not expired.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.expire_time.is_none_or(|expire_time| now < expire_time)
    }

    /// Whether the use of the key at `now` needs to be recorded.
    #[must_use]
    pub fn is_use_due(&self, now: Timestamp) -> bool {
        self.last_use.is_none_or(|last_use| {
            now > last_use && now.duration_since(last_use).unsigned_abs() >= USE_STEP
        })
    }
}
