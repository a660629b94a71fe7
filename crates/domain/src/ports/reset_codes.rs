//! The port to a store of reset codes.

use jiff::Timestamp;

use crate::{
    audit::ActorContext,
    error::store::{StoreError, WriteError},
    reset_code::{NewResetCode, ResetCodeHash},
    user::{Account, User, change::PasswordReplacement},
    user_id::UserId,
};

/// A store of reset codes, at most one for each user. A deletion of a user, or a change that [ends
/// sessions](Account::ends_sessions_of), deletes the user's code in the same transaction.
pub trait ResetCodeStore: Send + Sync {
    /// Stores a code in the place of the user's earlier one.
    ///
    /// # Errors
    /// [`WriteError::Missing`] when there is no such user, and [`WriteError::Disabled`] when the
    /// user is disabled.
    fn create_reset_code(&self, code: &NewResetCode, by: &ActorContext) -> Result<(), WriteError>;

    /// The account of the code with this hash, if the code is not over at `now`.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    fn find_reset_code(
        &self,
        hash: &ResetCodeHash,
        now: Timestamp,
    ) -> Result<Option<Account>, StoreError>;

    /// Sets the password of `user` if the code with this hash is that user's and not over at `now`.
    /// Deletes the code. Of several calls with one code, one succeeds.
    ///
    /// # Errors
    /// [`WriteError::Missing`] when there is no such code; nothing is changed then.
    fn redeem_reset_code(
        &self,
        hash: &ResetCodeHash,
        user: UserId,
        now: Timestamp,
        password: &PasswordReplacement,
        by: &ActorContext,
    ) -> Result<User, WriteError>;
}
