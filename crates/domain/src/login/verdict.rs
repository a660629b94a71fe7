//! What became of a check.

use crate::{
    error::{
        UserError,
        too_many::{Overloaded, TooManyAttempts},
    },
    user::password::{hash::PasswordHash, presented::Form},
};

/// What became of a check, and the hash that it was made against.
#[derive(Clone)]
pub(super) struct Verdict {
    pub(super) hash: Option<PasswordHash>,
    pub(super) outcome: Outcome,
}

/// The form that matches, if any does.
pub(super) type Outcome = Result<Option<Form>, Failure>;

/// Why a password was not checked.
#[derive(Clone, Copy, Debug)]
pub(super) enum Failure {
    TooMany(TooManyAttempts),
    Overloaded,
}

impl From<Failure> for UserError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::TooMany(error) => error.into(),
            Failure::Overloaded => Overloaded.into(),
        }
    }
}
