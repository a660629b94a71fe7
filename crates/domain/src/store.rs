//! The port to whatever keeps the users.

use std::{error::Error as StdError, ops::ControlFlow, pin::Pin};

use thiserror::Error;

use crate::{
    Account, Claim, HashCost, InvalidUsername, NewAccount, PageQuery, PasswordHash, Preconditions,
    Revoked, UniqueField, User, UserChange, UserId, UserRef,
    audit::{AuditStore, By},
};

/// What a store will say, for those who must not block. It says it on any executor, and goes on without
/// whoever drops it.
pub type LookUp<T> = Pin<Box<dyn Future<Output = Result<Option<T>, StoreError>> + Send>>;

/// A store of users. Every method is one transaction and blocks until it is durable, unless it says
/// otherwise; every read sees all that was acknowledged before it began, by any process on the same
/// store. Whatever changes something about a user writes an entry of the audit log along with it,
/// and checks the [`Claim`] of its caller again in the same transaction, before it writes.
pub trait UserStore: AuditStore {
    /// Hands every user to `each` until it wants no more: all as they are at one moment, however
    /// long that takes. Every few hundred users the `claim` of the reader is checked again, against
    /// the rows of that moment.
    ///
    /// # Errors
    /// [`ListError`], also half-way.
    fn list(
        &self,
        order: UserOrder,
        claim: Option<&Claim>,
        each: &mut dyn FnMut(User) -> ControlFlow<()>,
    ) -> Result<(), ListError>;

    /// Up to one user more than `query` asks for, which tells whether more follow: all as they are at
    /// one moment. As quick far into the order as at its beginning.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn page(&self, query: &PageQuery) -> Result<Vec<User>, StoreError>;

    /// The user that `target` means, if there is one.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn find(&self, target: &UserRef) -> Result<Option<Account>, StoreError>;

    /// The same for callers behind whom others wait: in microseconds, or from elsewhere. A store in a file
    /// reads on the spot, and is slow when all its readers are at lists.
    fn look_up(&self, target: UserRef) -> LookUp<Account>;

    /// Makes an enabled user at version 0, with an id that no user ever had.
    ///
    /// # Errors
    /// [`WriteError::Duplicate`] when the name or the address is taken, and
    /// [`WriteError::Confusable`] where names are restricted.
    fn insert(&self, account: &NewAccount, by: &By) -> Result<User, WriteError>;

    /// Applies `change` to the row as it is inside the transaction (see [`UserChange::apply`]) and
    /// returns the user after it. The last enabled admin stays one.
    ///
    /// # Errors
    /// Any [`WriteError`]; nothing is changed then.
    fn update(&self, id: UserId, change: &UserChange, by: &By) -> Result<User, WriteError>;

    /// Removes a user with all that hangs on it, if the row as it is inside the transaction meets
    /// `condition`. The last enabled admin stays.
    ///
    /// # Errors
    /// [`WriteError::Missing`], [`WriteError::VersionMismatch`] or, after that,
    /// [`WriteError::LastAdmin`]; nothing is changed then.
    fn delete(&self, id: UserId, condition: &Preconditions, by: &By) -> Result<(), WriteError>;

    /// Puts a new hash of the same password in the place of `old`, which must still be there. Not
    /// a change of the user: the version stays.
    ///
    /// # Errors
    /// [`WriteError::PasswordChanged`] when `old` is gone.
    fn renew_hash(
        &self,
        id: UserId,
        old: &PasswordHash,
        renewed: &PasswordHash,
    ) -> Result<(), WriteError>;

    /// Refuses while the store knows that it must not be written. Does not block, and writes
    /// nothing.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    fn require_usable(&self) -> Result<(), StoreError>;

    /// Whether anyone is left who may manage users.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn has_enabled_admin(&self) -> Result<bool, StoreError>;

    /// The highest cost that any password hash in the store has had; none in a store that never had
    /// one.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn hash_cost(&self) -> Result<Option<HashCost>, StoreError>;

    /// Raises that cost before there is a hash of it. It is never lowered.
    ///
    /// # Errors
    /// [`WriteError::Store`] when the store fails.
    fn raise_hash_cost(&self, cost: HashCost) -> Result<(), WriteError>;
}

/// What a list of users is ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserOrder {
    /// By id: in the order in which the users were made.
    Id,
    /// By name, in the form that names are compared by.
    Name,
    /// By the time at which the users were made, and then by id.
    CreateTime,
}

/// A failure of the store that is nobody's input. The texts are for the log.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The store can't be reached or is too busy now; the same call may succeed later.
    #[error("the store is unavailable: {0}")]
    Unavailable(#[source] Box<dyn StdError + Send + Sync>),
    /// Anything else.
    #[error("the store failed: {0}")]
    Internal(#[source] Box<dyn StdError + Send + Sync>),
}

/// Why a list ended early.
#[derive(Debug, Error)]
pub enum ListError {
    /// The reader has lost the right to it.
    #[error(transparent)]
    Revoked(#[from] Revoked),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a write was not done.
#[derive(Debug, Error)]
pub enum WriteError {
    /// There is no such user (any more).
    #[error("no such user")]
    Missing,
    /// Another user has this name or address.
    #[error("the {} is taken", .0.as_str())]
    Duplicate(UniqueField),
    /// Another user has a name that looks like this one.
    #[error("another user has a name that looks like this one")]
    Confusable,
    /// The name is none that a user may get.
    #[error("the name {0}")]
    InvalidName(#[from] InvalidUsername),
    /// The user is not at a version that the change is for.
    #[error("the user is at another version")]
    VersionMismatch,
    /// The password that the change was proved with has been changed meanwhile.
    #[error("the password was changed meanwhile")]
    PasswordChanged,
    /// Nobody could manage the users any more.
    #[error("the last enabled admin must stay")]
    LastAdmin,
    /// The caller has lost what allowed the write.
    #[error(transparent)]
    Revoked(#[from] Revoked),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
