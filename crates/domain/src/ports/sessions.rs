//! The port to a store of sessions.

use std::net::IpAddr;

use jiff::Timestamp;

use super::LookUp;
use crate::{
    access::UserRef,
    audit::ActorContext,
    error::store::{StoreError, WriteError},
    session::{NewSession, Session, SessionKey, id::SessionId},
    user::User,
};

/// A store of sessions and their users. A deletion of a user, or a change that [ends
/// sessions](crate::Account::ends_sessions_of), deletes the user's sessions in the same
/// transaction.
pub trait SessionStore: Send + Sync {
    /// Stores a session if it [may begin](NewSession::may_begin). Deletes a few ended ones, and all
    /// of the user's but the [`MAX_COUNT`](crate::session::MAX_COUNT) last used.
    ///
    /// # Errors
    /// [`WriteError::Missing`] and [`WriteError::PasswordChanged`]; nothing is changed then.
    fn begin_session(&self, session: &NewSession, by: &ActorContext) -> Result<(), WriteError>;

    /// Finds the session with this key, and its user.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn find_session(&self, key: &SessionKey) -> Result<Option<(Session, User)>, StoreError>;

    /// Does the same without blocking: see [`UserStore::look_up`](crate::UserStore::look_up).
    fn look_up_session(&self, key: SessionKey) -> LookUp<(Session, User)>;

    /// The sessions of the user that `target` names, the last used first; none if there is no such
    /// user.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn sessions_of(&self, target: &UserRef) -> Result<Option<Vec<Session>>, StoreError>;

    /// Records that a session was used at `time` from `address`, unless the recorded time is recent
    /// (see [`Session::is_activity_due`]) or the session has ended.
    ///
    /// # Errors
    /// [`WriteError::Store`] when the store fails.
    fn record_activity(
        &self,
        key: &SessionKey,
        time: Timestamp,
        address: Option<IpAddr>,
    ) -> Result<(), WriteError>;

    /// Deletes a session.
    ///
    /// # Errors
    /// [`WriteError::Missing`] when there is no such session.
    fn end_session(&self, key: &SessionKey, by: &ActorContext) -> Result<(), WriteError>;

    /// Deletes the sessions of the user that `target` names, or `only` the one with this id, and
    /// returns how many there were.
    ///
    /// # Errors
    /// [`WriteError::Missing`] when there is no such user.
    fn end_sessions(
        &self,
        target: &UserRef,
        only: Option<SessionId>,
        by: &ActorContext,
    ) -> Result<usize, WriteError>;

    /// When the newest session began; none when there is no session.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn newest_session(&self) -> Result<Option<Timestamp>, StoreError>;

    /// Stores the used signatures that a process remembers, for the next process.
    ///
    /// # Errors
    /// [`WriteError::Store`] when the store fails.
    fn keep_signatures(&self, remembered: &[u8]) -> Result<(), WriteError>;

    /// Returns and deletes the signatures that processes have
    /// [stored](SessionStore::keep_signatures), so that a process that is killed later leaves none.
    ///
    /// # Errors
    /// [`WriteError::Store`] when the store fails.
    fn take_signatures(&self) -> Result<Vec<Vec<u8>>, WriteError>;
}
