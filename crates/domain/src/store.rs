//! The port to a store of users.

use std::{error::Error as StdError, ops::ControlFlow, pin::Pin};

use thiserror::Error;

use crate::{
    Account, Claim, HashCost, InvalidUsername, NewAccount, PageQuery, PasswordHash, Preconditions,
    Revoked, UniqueField, User, UserChange, UserId, UserRef,
    audit::{ActorContext, AuditStore},
};

/// A look-up in a store that does not block. It runs on any executor, and may be dropped at any
/// time.
pub type LookUp<T> = Pin<Box<dyn Future<Output = Result<Option<T>, StoreError>> + Send>>;

/// A store of users. Unless stated otherwise, every method is one transaction and blocks until it
/// is durable, and every read sees all writes that were acknowledged before it, by any process on
/// the same store. A method that changes a user also writes an entry of the audit log, and first
/// checks the [`Claim`] of its caller again, in the same transaction.
pub trait UserStore: AuditStore {
    /// Passes every user to `each` until it breaks, from one snapshot, however long that takes.
    /// Checks the reader's `claim` again every few hundred users, against the rows of that moment.
    ///
    /// # Errors
    /// [`ListError`], also in the middle of the list.
    fn list(
        &self,
        order: UserOrder,
        claim: Option<&Claim>,
        each: &mut dyn FnMut(User) -> ControlFlow<()>,
    ) -> Result<(), ListError>;

    /// Up to one user more than `query` has as its limit, which shows whether more follow, from one
    /// snapshot. As fast far into the order as at its start.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn page(&self, query: &PageQuery) -> Result<Vec<User>, StoreError>;

    /// The user that `target` names, if it exists.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn find(&self, target: &UserRef) -> Result<Option<Account>, StoreError>;

    /// Does the same without blocking. A store in a file reads at once, which takes microseconds
    /// unless lists occupy all its readers; other stores read on other threads.
    fn look_up(&self, target: UserRef) -> LookUp<Account>;

    /// Creates an enabled user at version 0, with an id that no user ever had.
    ///
    /// # Errors
    /// [`WriteError::Duplicate`] when the name or the address is taken, and
    /// [`WriteError::Confusable`] where names are restricted.
    fn insert(&self, account: &NewAccount, by: &ActorContext) -> Result<User, WriteError>;

    /// Applies `change` to the row inside the transaction (see [`UserChange::apply`]) and returns
    /// the changed user. The last enabled admin must remain one.
    ///
    /// # Errors
    /// Any [`WriteError`]; nothing is changed then.
    fn update(
        &self,
        id: UserId,
        change: &UserChange,
        by: &ActorContext,
    ) -> Result<User, WriteError>;

    /// Deletes a user, with roles and sessions, if the row inside the transaction meets
    /// `condition`. The last enabled admin must remain.
    ///
    /// # Errors
    /// [`WriteError::Missing`], [`WriteError::VersionMismatch`] or, after that,
    /// [`WriteError::LastAdmin`]; nothing is changed then.
    fn delete(
        &self,
        id: UserId,
        condition: &Preconditions,
        by: &ActorContext,
    ) -> Result<(), WriteError>;

    /// Replaces `old` with a new hash of the same password. This is not a change of the user, so
    /// the version stays.
    ///
    /// # Errors
    /// [`WriteError::PasswordChanged`] when the user does not have `old` any more.
    fn renew_hash(
        &self,
        id: UserId,
        old: &PasswordHash,
        renewed: &PasswordHash,
    ) -> Result<(), WriteError>;

    /// Fails while the store is known not to be writable. Neither blocks nor writes.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn require_usable(&self) -> Result<(), StoreError>;

    /// Whether there is an enabled admin.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn has_enabled_admin(&self) -> Result<bool, StoreError>;

    /// The highest cost that any password hash in the store ever had; none if there never was one.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn hash_cost(&self) -> Result<Option<HashCost>, StoreError>;

    /// Raises that cost before the first hash of it is written. Never lowers it.
    ///
    /// # Errors
    /// [`WriteError::Store`] when the store fails.
    fn raise_hash_cost(&self, cost: HashCost) -> Result<(), WriteError>;
}

/// The order of a list of users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserOrder {
    /// By id, which is the order of creation.
    Id,
    /// By name, in the comparison form.
    Name,
    /// By creation time, and then by id.
    CreateTime,
}

/// A failure of the store, not of its input. The texts are for the log.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The store cannot be reached or is too busy; the same call may succeed later.
    #[error("the store is unavailable: {0}")]
    Unavailable(#[source] Box<dyn StdError + Send + Sync>),
    /// Any other failure.
    #[error("the store failed: {0}")]
    Internal(#[source] Box<dyn StdError + Send + Sync>),
}

/// Why a list ended early.
#[derive(Debug, Error)]
pub enum ListError {
    /// The reader has lost the permission to list.
    #[error(transparent)]
    Revoked(#[from] Revoked),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a write failed.
#[derive(Debug, Error)]
pub enum WriteError {
    /// There is no such user.
    #[error("no such user")]
    Missing,
    /// Another user has this name or address.
    #[error("the {} is taken", .0.as_str())]
    Duplicate(UniqueField),
    /// Another user has a name that looks like this one.
    #[error("another user has a name that looks like this one")]
    Confusable,
    /// The name is not valid for a user.
    #[error("the name {0}")]
    InvalidName(#[from] InvalidUsername),
    /// The user's version does not meet the condition.
    #[error("the user is at another version")]
    VersionMismatch,
    /// The password that authenticated the change was changed meanwhile.
    #[error("the password was changed meanwhile")]
    PasswordChanged,
    /// No enabled admin would be left.
    #[error("the last enabled admin must stay")]
    LastAdmin,
    /// The caller has lost the permission to write.
    #[error(transparent)]
    Revoked(#[from] Revoked),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
