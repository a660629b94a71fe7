//! What database errors mean to the domain.

pub(crate) mod messages;
pub(crate) mod open;

use diesel::{
    r2d2,
    result::{DatabaseErrorKind, Error as DieselError},
};
use rollcall_domain::{ListError, StoreError, WriteError};

use crate::error::messages::{duplicate, kind};

/// Why work on a connection was not done.
pub(crate) enum Failure {
    /// The database did not do a statement.
    Query(DieselError),
    /// The domain refused, or there was no connection.
    Refused(WriteError),
    /// Either of these, before anything was changed: there is nothing to undo.
    Unchanged(Box<Failure>),
}

/// The kinds of database failures that metrics tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorKind {
    /// There is no connection, or nothing can be written.
    Unavailable,
    /// A statement took too long.
    Timeout,
    /// Others got in the way for too long.
    Conflict,
    /// There is no room left.
    Full,
    /// The file, or the disk that it is on, can only be read.
    ReadOnly,
    /// The file is not as SQLite writes files.
    Damaged,
    /// Anything else.
    Internal,
}

impl Failure {
    /// The same failure of work that has changed nothing yet. A full disk, for one, may have undone
    /// what was changed before in the transaction.
    pub(crate) fn before_changes(self) -> Self {
        match self {
            Self::Query(error) if !is_harmless(&error) => Self::Query(error),
            failure => Self::Unchanged(Box::new(failure)),
        }
    }

    /// The kind of the failure, if it is the database's.
    pub(crate) fn kind(&self) -> Option<ErrorKind> {
        match self {
            Self::Refused(WriteError::Store(error)) => Some(kind_of(error)),
            Self::Refused(_) => None,
            Self::Query(error) if duplicate(error).is_some() => None,
            Self::Query(error) => Some(kind(error)),
            Self::Unchanged(failure) => failure.kind(),
        }
    }

    /// The error for a caller that reads.
    pub(crate) fn into_store_error(self) -> StoreError {
        match self {
            Self::Query(error) => store_error(error),
            Self::Refused(WriteError::Store(error)) => error,
            Self::Refused(error) => StoreError::Internal(Box::new(error)),
            Self::Unchanged(failure) => failure.into_store_error(),
        }
    }

    /// What it means to the reader of a list.
    pub(crate) fn into_list_error(self) -> ListError {
        match self {
            Self::Refused(WriteError::Revoked(revoked)) => revoked.into(),
            failure => failure.into_store_error().into(),
        }
    }

    /// The error for a caller that writes. It names the field that collided, if one did.
    pub(crate) fn into_write_error(self) -> WriteError {
        match self {
            Self::Refused(error) => error,
            Self::Query(error) => match duplicate(&error) {
                Some(field) => WriteError::Duplicate(field),
                None => WriteError::Store(store_error(error)),
            },
            Self::Unchanged(failure) => failure.into_write_error(),
        }
    }
}

impl From<DieselError> for Failure {
    fn from(error: DieselError) -> Self {
        Self::Query(error)
    }
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        Self::Refused(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Refused(error.into())
    }
}

/// No connection: the database is away or every connection is taken.
pub(crate) fn no_connection(error: &r2d2::PoolError) -> StoreError {
    StoreError::Unavailable(one_line(error).into())
}

/// A text as one line: libpq begins the second line of an error with a tab.
pub(crate) fn one_line(error: &impl ToString) -> String {
    let text = error.to_string();
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("; ")
}

/// The error of a failed statement, apart from conflicts of input.
pub(crate) fn store_error(error: DieselError) -> StoreError {
    match kind(&error) {
        ErrorKind::Damaged => {
            StoreError::Unavailable(format!("{error}: run `rollcall restore` with a backup").into())
        }
        ErrorKind::Internal => StoreError::Internal(Box::new(error)),
        _ => StoreError::Unavailable(Box::new(error)),
    }
}

/// Whether a failed statement leaves its connection and the transaction around it as they were. A
/// full disk, for one, ends all of it.
pub(crate) fn is_harmless(error: &DieselError) -> bool {
    matches!(
        error,
        DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _) | DieselError::NotFound
    )
}

fn kind_of(error: &StoreError) -> ErrorKind {
    match error {
        StoreError::Unavailable(_) => ErrorKind::Unavailable,
        StoreError::Internal(_) => ErrorKind::Internal,
    }
}

#[cfg(test)]
mod tests {
    use super::{DatabaseErrorKind, DieselError, ErrorKind, Failure, WriteError};

    #[test]
    fn failures_are_told_apart_and_refusals_are_none() {
        let says = |kind, message: &str| {
            let information = Box::new(message.to_owned());
            Failure::Query(DieselError::DatabaseError(kind, information)).kind()
        };
        for (message, expected) in [
            ("database is locked", ErrorKind::Conflict),
            ("deadlock detected", ErrorKind::Conflict),
            ("canceling statement due to statement timeout", ErrorKind::Timeout),
            ("disk I/O error", ErrorKind::Unavailable),
            ("database or disk is full", ErrorKind::Full),
            ("attempt to write a readonly database", ErrorKind::ReadOnly),
            ("database disk image is malformed", ErrorKind::Damaged),
            ("file is not a database", ErrorKind::Damaged),
            ("no such table: users", ErrorKind::Internal),
        ] {
            assert_eq!(says(DatabaseErrorKind::Unknown, message), Some(expected), "{message}");
        }
        for (kind, expected) in [
            (DatabaseErrorKind::SerializationFailure, ErrorKind::Conflict),
            (DatabaseErrorKind::ClosedConnection, ErrorKind::Unavailable),
            (DatabaseErrorKind::ReadOnlyTransaction, ErrorKind::Unavailable),
        ] {
            assert_eq!(says(kind, ""), Some(expected));
        }
        assert_eq!(says(DatabaseErrorKind::UniqueViolation, "users.name_key"), None);
        assert_eq!(Failure::from(WriteError::VersionMismatch).kind(), None);
    }
}
