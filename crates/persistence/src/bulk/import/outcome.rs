//! The outcome of adding a user, and why an import stops.

use rollcall_domain::{Differences, UniqueField};
use thiserror::Error;

use crate::error::Failure;

/// The outcome of adding one user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The user was added, or would be.
    Added,
    /// The user exists with the same values.
    Unchanged,
    /// The user was not added.
    Refused(Conflict),
}

/// Why a user was not added.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Conflict {
    /// Another line of the same file has the same name or address.
    #[error("the {} is that of line {line} too", .field.as_str())]
    Repeated {
        /// The field in which both are the same.
        field: UniqueField,
        /// The number of the other line.
        line: u64,
    },
    /// A user of this name exists, with other values.
    #[error("the name is taken by a user with another {0}")]
    Differs(Differences),
    /// A user of another name has the same address.
    #[error("the email is taken")]
    EmailTaken,
    /// A conflicting user existed a moment ago.
    #[error("a user of this name or email was changed meanwhile; import it again")]
    Meanwhile,
}

/// Why the import stopped. Shown to the operator; contains nothing of any row.
#[derive(Debug, Error)]
pub enum ImportError {
    /// The store cannot be read or written.
    #[error("{0}")]
    Store(Box<dyn std::error::Error + Send + Sync>),
    /// A row of the store is not as this release writes it.
    #[error(transparent)]
    Damaged(#[from] rollcall_domain::StoreError),
}

impl From<diesel::result::Error> for ImportError {
    fn from(error: diesel::result::Error) -> Self {
        Self::Store(Box::new(error))
    }
}

impl From<Failure> for ImportError {
    fn from(failure: Failure) -> Self {
        Self::Store(Box::new(failure.into_store_error()))
    }
}
