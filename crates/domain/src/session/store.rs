//! The port to whatever keeps the sessions.

use std::net::IpAddr;

use jiff::Timestamp;

use super::{Session, SessionId, SessionKey};
use crate::{Account, LookUp, Status, StoreError, User, UserRef, WriteError, audit::By};

/// A store of sessions, beside the users that they belong to. A change that
/// [ends sessions](crate::Account::ends_sessions_of) and a deletion take a user's sessions with them
/// in the same transaction.
pub trait SessionStore: Send + Sync {
    /// Keeps a session if it [may begin](NewSession::may_begin). Drops a few of those that are over,
    /// and of its user's all but the [`MAX_COUNT`](super::MAX_COUNT) last used.
    ///
    /// # Errors
    /// [`WriteError::Missing`] and [`WriteError::PasswordChanged`]; nothing is changed then.
    fn begin_session(&self, session: &NewSession, by: &By) -> Result<(), WriteError>;

    /// The session with this key, and its user as it is now.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn find_session(&self, key: &SessionKey) -> Result<Option<(Session, User)>, StoreError>;

    /// The same for callers behind whom others wait: see [`UserStore::look_up`](crate::UserStore::look_up).
    fn look_up_session(&self, key: SessionKey) -> LookUp<(Session, User)>;

    /// The sessions of the user that `target` means, the last used first; none when there is no
    /// such user.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn sessions_of(&self, target: &UserRef) -> Result<Option<Vec<Session>>, StoreError>;

    /// Writes that a session was used at `time` from `address`, unless that is hardly news (see
    /// [`Session::is_activity_due`]) or the session is gone.
    ///
    /// # Errors
    /// [`WriteError::Store`] when the store fails.
    fn record_activity(
        &self,
        key: &SessionKey,
        time: Timestamp,
        address: Option<IpAddr>,
    ) -> Result<(), WriteError>;

    /// Removes a session.
    ///
    /// # Errors
    /// [`WriteError::Missing`] when there is none.
    fn end_session(&self, key: &SessionKey, by: &By) -> Result<(), WriteError>;

    /// Removes every session of the user that `target` means, or `only` the one with this id, and
    /// returns how many that were.
    ///
    /// # Errors
    /// [`WriteError::Missing`] when there is no such user.
    fn end_sessions(
        &self,
        target: &UserRef,
        only: Option<SessionId>,
        by: &By,
    ) -> Result<usize, WriteError>;

    /// When the newest session began; none when there is no session.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn newest_session(&self) -> Result<Option<Timestamp>, StoreError>;

    /// Keeps what a process remembers of used signatures, for the next one that starts.
    ///
    /// # Errors
    /// [`WriteError::Store`] when the store fails.
    fn keep_signatures(&self, remembered: &[u8]) -> Result<(), WriteError>;

    /// Returns and removes all that processes have [kept](SessionStore::keep_signatures): a process
    /// that is killed from here on leaves nothing.
    ///
    /// # Errors
    /// [`WriteError::Store`] when the store fails.
    fn take_signatures(&self) -> Result<Vec<Vec<u8>>, WriteError>;
}

/// What a store needs to keep a session.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// What people name it by, which no other session has.
    pub id: SessionId,
    /// What its requests name it by, which no other session has.
    pub key: SessionKey,
    /// Whose it is: the account as it was when the password was proved.
    pub account: Account,
    /// When it begins.
    pub time: Timestamp,
}

impl NewSession {
    /// Whether the account as it is now has the password that was proved, and may log in.
    #[must_use]
    pub fn may_begin(&self, now: &Account) -> bool {
        now.user.status == Status::Enabled && now.password_version == self.account.password_version
    }
}
