//! The port to a store of API keys.

use jiff::Timestamp;

use super::LookUp;
use crate::{
    access::UserRef,
    audit::ActorContext,
    error::store::{StoreError, WriteError},
    key::{ApiKey, KeyHash, KeyId, NewApiKey},
    user::User,
};

/// A store of API keys and their users. A deletion of a user, or a change that [ends
/// sessions](crate::Account::ends_sessions_of), deletes the user's keys in the same transaction.
pub trait KeyStore: Send + Sync {
    /// Stores a key of the user that `target` names, and deletes the user's expired ones.
    ///
    /// # Errors
    /// [`WriteError::Missing`], [`WriteError::Disabled`] and [`WriteError::TooManyKeys`]; nothing
    /// is changed then.
    fn create_key(
        &self,
        target: &UserRef,
        key: &NewApiKey,
        by: &ActorContext,
    ) -> Result<ApiKey, WriteError>;

    /// Finds the key whose secret has this hash, and its user. Does not block: see
    /// [`UserStore::look_up`](crate::UserStore::look_up).
    fn look_up_key(&self, hash: KeyHash) -> LookUp<(ApiKey, User)>;

    /// The keys of the user that `target` names, the newest first; none if there is no such user.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn keys_of(&self, target: &UserRef) -> Result<Option<Vec<ApiKey>>, StoreError>;

    /// Records that a key was used at `time`, unless the recorded time is recent (see
    /// [`ApiKey::is_use_due`]) or the key has ended.
    ///
    /// # Errors
    /// [`WriteError::Store`] when the store fails.
    fn record_key_use(&self, id: KeyId, time: Timestamp) -> Result<(), WriteError>;

    /// Deletes a key of the user that `target` names, and returns whether there was one.
    ///
    /// # Errors
    /// [`WriteError::Missing`] when there is no such user.
    fn end_key(&self, target: &UserRef, id: KeyId, by: &ActorContext) -> Result<bool, WriteError>;
}
