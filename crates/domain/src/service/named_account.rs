//! The account that credentials name, and why they were refused.

use crate::{
    error::{UserError, refusal_reason::RefusalReason},
    user::{Account, Status},
    user_id::UserId,
};

/// The account that credentials name, as far as a refusal needs it.
#[derive(Clone, Copy)]
pub(super) struct NamedAccount(Option<(UserId, Status)>);

impl NamedAccount {
    pub(super) fn of(account: Option<&Account>) -> Self {
        Self(account.map(|account| (account.user.id, account.user.status)))
    }

    /// The refusal of a password that is not the account's.
    pub(super) fn refusal(self, error: UserError) -> UserError {
        let reason = match self.0 {
            None => RefusalReason::UnknownName,
            Some((_, Status::Disabled)) => RefusalReason::Disabled,
            Some((_, Status::Enabled)) => RefusalReason::WrongPassword,
        };
        error.because(reason, self.id())
    }

    /// An error of the check, with the account if the check was throttled.
    pub(super) fn throttled(self, error: UserError) -> UserError {
        match error {
            UserError::TooManyAttempts(_) => error.because(RefusalReason::Throttled, self.id()),
            error => error,
        }
    }

    fn id(self) -> Option<UserId> {
        self.0.map(|(id, _)| id)
    }
}
