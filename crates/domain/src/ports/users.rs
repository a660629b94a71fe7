//! The port to a store of users.

use std::ops::ControlFlow;

use super::{LookUp, queued::UpdateQueue};
use crate::{
    access::{UserRef, claim::Claim},
    audit::ActorContext,
    error::store::{ListError, StoreError, WriteError},
    user::{
        Account, NamedUser, User,
        change::UserChange,
        new_user::NewUser,
        password::hash::{HashCost, PasswordHash},
        preconditions::Preconditions,
        query::{PageQuery, UserOrder},
    },
    user_id::UserId,
};

/// A store of users. Unless stated otherwise, every method is one transaction and blocks until it
/// is durable, and every read sees all writes that were acknowledged before it, by any process on
/// the same store. A method that changes a user also writes an entry of the audit log, and first
/// checks the [`Claim`] of its caller again, in the same transaction.
pub trait UserStore: Send + Sync {
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

    /// Does the same with the names of all users, in their order.
    ///
    /// # Errors
    /// As [`UserStore::list`].
    fn list_names(
        &self,
        claim: Option<&Claim>,
        each: &mut dyn FnMut(NamedUser) -> ControlFlow<()>,
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

    /// Creates a user at version 0, with an id that no user ever had.
    ///
    /// # Errors
    /// [`WriteError::Duplicate`] when the name or the address is taken, and
    /// [`WriteError::Confusable`] where names are restricted.
    fn insert(&self, user: &NewUser, by: &ActorContext) -> Result<User, WriteError>;

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

    /// Does the same to a user who was read for this change. A store may decide on what was `read`,
    /// as long as it then writes only if the row is still that one.
    ///
    /// # Errors
    /// As [`UserStore::update`].
    fn update_as_read(
        &self,
        read: &Account,
        change: &UserChange,
        by: &ActorContext,
    ) -> Result<User, WriteError>;

    /// The queue of changes; none if changes block here. On a store that has one,
    /// [`UserStore::find`] takes as long as [`UserStore::look_up`].
    fn update_queue(&self) -> Option<&dyn UpdateQueue>;

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
