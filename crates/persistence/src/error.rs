//! What database errors mean to the domain. The only place that reads their texts.

use diesel::{
    r2d2,
    result::{DatabaseErrorKind, Error as DieselError},
};
use rollcall_domain::{StoreError, UniqueField, WriteError};

/// Why work on a connection was not done.
pub(crate) enum Failure {
    /// The database did not do a statement.
    Query(DieselError),
    /// The domain refused, or there was no connection.
    Refused(WriteError),
}

impl Failure {
    /// What it means to somebody who reads.
    pub(crate) fn into_store_error(self) -> StoreError {
        match self {
            Self::Query(error) => store_error(error),
            Self::Refused(WriteError::Store(error)) => error,
            Self::Refused(error) => StoreError::Internal(Box::new(error)),
        }
    }

    /// What it means to somebody who writes: tells which field collided, if one did.
    pub(crate) fn into_write_error(self) -> WriteError {
        match self {
            Self::Refused(error) => error,
            Self::Query(error) => match duplicate(&error) {
                Some(field) => WriteError::Duplicate(field),
                None => WriteError::Store(store_error(error)),
            },
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
pub(crate) fn no_connection(error: r2d2::PoolError) -> StoreError {
    StoreError::Unavailable(Box::new(error))
}

/// A failed statement that is nobody's input.
pub(crate) fn store_error(error: DieselError) -> StoreError {
    // What SQLite says for SQLITE_BUSY, SQLITE_LOCKED, SQLITE_CANTOPEN, SQLITE_IOERR and
    // SQLITE_FULL, and PostgreSQL for the same and for what took too long: the store may answer again once
    // somebody has let go or mended it.
    const PASSING: [&str; 9] = [
        "database is locked",
        "database table is locked",
        "unable to open database file",
        "disk I/O error",
        "database or disk is full",
        "No space left on device",
        "out of memory",
        "canceling statement due to",
        "deadlock detected",
    ];
    match &error {
        DieselError::DatabaseError(
            DatabaseErrorKind::ClosedConnection
            | DatabaseErrorKind::ReadOnlyTransaction
            | DatabaseErrorKind::SerializationFailure,
            _,
        ) => StoreError::Unavailable(Box::new(error)),
        DieselError::DatabaseError(_, information)
            if PASSING.iter().any(|text| information.message().contains(text)) =>
        {
            StoreError::Unavailable(Box::new(error))
        }
        _ => StoreError::Internal(Box::new(error)),
    }
}

/// Whether another process had SQLite's lock for too long.
pub(crate) fn is_locked(error: &DieselError) -> bool {
    matches!(error, DieselError::DatabaseError(_, information)
        if information.message().contains("database is locked"))
}

/// Whether the engine, which speaks PostgreSQL's protocol but is another one, has no such statement.
pub(crate) fn is_unsupported(error: &DieselError) -> bool {
    const UNSUPPORTED: [&str; 3] = ["syntax error", "not supported", "unimplemented"];
    let DieselError::DatabaseError(_, information) = error else { return false };
    UNSUPPORTED.iter().any(|text| information.message().contains(text))
}

/// The field that a write collided in.
fn duplicate(error: &DieselError) -> Option<UniqueField> {
    let DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, information) = error else {
        return None;
    };
    // PostgreSQL names the constraint; SQLite names none, but its message names the columns.
    let (constraint, message) = (information.constraint_name(), information.message());
    if constraint == Some("users_name_key") || message.contains("users.name_key") {
        Some(UniqueField::Name)
    } else if constraint == Some("users_email_key") || message.contains("users.email_key") {
        Some(UniqueField::Email)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{DatabaseErrorKind, DieselError, is_unsupported};

    #[test]
    fn only_what_an_engine_does_not_know_is_unsupported() {
        for (message, expected) in [
            ("at or near \"lock\": syntax error", true),
            ("EXCLUSIVE not supported yet", true),
            ("unimplemented: this syntax", true),
            ("permission denied for table users", false),
            ("canceling statement due to statement timeout", false),
        ] {
            let information = Box::new(message.to_owned());
            let error = DieselError::DatabaseError(DatabaseErrorKind::Unknown, information);
            assert_eq!(is_unsupported(&error), expected, "{message}");
        }
        assert!(!is_unsupported(&DieselError::NotFound));
    }
}
