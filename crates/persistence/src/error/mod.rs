//! What database errors mean to the domain. The only place that reads their texts.

pub(crate) mod open;

use diesel::{
    r2d2,
    result::{DatabaseErrorKind, Error as DieselError},
};
use rollcall_domain::{ListError, StoreError, UniqueField, WriteError};

/// What the databases say when others were in the way.
const CONFLICTS: [&str; 3] =
    ["deadlock detected", "database is locked", "database table is locked"];

/// What the databases say when there is no room.
const FULL: [&str; 2] = ["database or disk is full", "No space left on device"];

/// What SQLite says for `SQLITE_READONLY`.
const READ_ONLY: &str = "attempt to write a readonly database";

/// What SQLite says for `SQLITE_CORRUPT` and `SQLITE_NOTADB`, and of a head that is neither.
const DAMAGED: [&str; 4] = [
    "disk image is malformed",
    "malformed database schema",
    NOT_A_DATABASE,
    "unsupported file format",
];

/// SQLite's message for a file that does not begin as a database does.
pub(crate) const NOT_A_DATABASE: &str = "file is not a database";

/// Why work on a connection was not done.
pub(crate) enum Failure {
    /// The database did not do a statement.
    Query(DieselError),
    /// The domain refused, or there was no connection.
    Refused(WriteError),
}

/// The kinds of database failures that metrics tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
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
    /// The kind of the failure, if it is the database's.
    pub(crate) fn kind(&self) -> Option<ErrorKind> {
        match self {
            Self::Refused(WriteError::Store(error)) => Some(kind_of(error)),
            Self::Refused(_) => None,
            Self::Query(error) if duplicate(error).is_some() => None,
            Self::Query(error @ DieselError::DatabaseError(kind, information)) => {
                let says = |text: &str| information.message().contains(text);
                if *kind == DatabaseErrorKind::SerializationFailure
                    || CONFLICTS.iter().any(|text| says(text))
                {
                    Some(ErrorKind::Conflict)
                } else if says("canceling statement due to") {
                    Some(ErrorKind::Timeout)
                } else if FULL.iter().any(|text| says(text)) {
                    Some(ErrorKind::Full)
                } else if says(READ_ONLY) {
                    Some(ErrorKind::ReadOnly)
                } else if is_damage(information.message()) {
                    Some(ErrorKind::Damaged)
                } else if is_passing(error) {
                    Some(ErrorKind::Unavailable)
                } else {
                    Some(ErrorKind::Internal)
                }
            }
            Self::Query(_) => Some(ErrorKind::Internal),
        }
    }

    /// The error for a caller that reads.
    pub(crate) fn into_store_error(self) -> StoreError {
        match self {
            Self::Query(error) => store_error(error),
            Self::Refused(WriteError::Store(error)) => error,
            Self::Refused(error) => StoreError::Internal(Box::new(error)),
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

/// Whether SQLite says so of a file that is damaged, or none of its own.
pub(crate) fn is_damage(text: &str) -> bool {
    DAMAGED.iter().any(|damage| text.contains(damage))
}

/// The error of a failed statement, apart from conflicts of input.
pub(crate) fn store_error(error: DieselError) -> StoreError {
    if is_damage(&error.to_string()) {
        StoreError::Unavailable(format!("{error}: run `rollcall restore` with a backup").into())
    } else if is_passing(&error) {
        StoreError::Unavailable(Box::new(error))
    } else {
        StoreError::Internal(Box::new(error))
    }
}

/// Whether the same statement may succeed later.
fn is_passing(error: &DieselError) -> bool {
    // What SQLite says for SQLITE_BUSY, SQLITE_LOCKED, SQLITE_CANTOPEN and SQLITE_IOERR, and
    // PostgreSQL for the same and for what took too long: the store may answer again once others
    // have let go of it, or an operator has mended it.
    const PASSING: [&str; 7] = [
        "database is locked",
        "database table is locked",
        "unable to open database file",
        "disk I/O error",
        "out of memory",
        "canceling statement due to",
        "deadlock detected",
    ];
    match error {
        DieselError::DatabaseError(
            DatabaseErrorKind::ClosedConnection
            | DatabaseErrorKind::ReadOnlyTransaction
            | DatabaseErrorKind::SerializationFailure,
            _,
        ) => true,
        DieselError::DatabaseError(_, information) => {
            let of_the_file = FULL.iter().chain([&READ_ONLY]);
            of_the_file.chain(&PASSING).any(|text| information.message().contains(text))
        }
        _ => false,
    }
}

fn kind_of(error: &StoreError) -> ErrorKind {
    match error {
        StoreError::Unavailable(_) => ErrorKind::Unavailable,
        StoreError::Internal(_) => ErrorKind::Internal,
    }
}

/// Whether another process had SQLite's lock for too long.
pub(crate) fn is_locked(error: &DieselError) -> bool {
    matches!(error, DieselError::DatabaseError(_, information)
        if information.message().contains("database is locked"))
}

/// Whether the engine, which speaks PostgreSQL's protocol but is another one, has no such
/// statement.
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
    use super::{DatabaseErrorKind, DieselError, ErrorKind, Failure, WriteError, is_unsupported};

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
