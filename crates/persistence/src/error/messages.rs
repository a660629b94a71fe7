//! The texts of database errors: PostgreSQL's are those with its `lc_messages` in English. No other
//! file matches them.

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use rollcall_domain::UniqueField;

use crate::error::{ErrorKind, open::OpenError};

/// SQLite's message for a file that does not begin as a database does.
pub(crate) const NOT_A_DATABASE: &str = "file is not a database";

/// Messages by kind. After all but damage, the same statement may succeed once others have let go
/// of the store, or an operator has mended it.
const KINDS: [(ErrorKind, &[&str]); 6] = [
    (ErrorKind::Conflict, &["deadlock detected", "database is locked", "database table is locked"]),
    (ErrorKind::Timeout, &["canceling statement due to"]),
    (ErrorKind::Full, &["database or disk is full", "No space left on device"]),
    (ErrorKind::ReadOnly, &["attempt to write a readonly database"]),
    (ErrorKind::Damaged, &DAMAGED),
    (ErrorKind::Unavailable, &["unable to open database file", "disk I/O error", "out of memory"]),
];

/// What SQLite says for `SQLITE_CORRUPT` and `SQLITE_NOTADB`, and of a head that is neither.
const DAMAGED: [&str; 4] = [
    "disk image is malformed",
    "malformed database schema",
    NOT_A_DATABASE,
    "unsupported file format",
];

/// What engines say that speak PostgreSQL's protocol and lack a statement.
const UNSUPPORTED: [&str; 4] =
    ["syntax error", "not supported", "unimplemented", "unknown function"];

/// What PostgreSQL and libpq say of a database that only reads.
const READ_ONLY: [&str; 3] =
    ["session is read-only", "read-only transaction", "server is in hot standby mode"];

/// The same, of a database or a role that is not there: both parts.
const ABSENT: [&str; 2] = ["FATAL: ", "does not exist"];

/// The same, of a log-in that fails until an operator changes something.
const LOG_IN: [&str; 6] = [
    "authentication failed for user",
    "no password supplied",
    "no pg_hba.conf entry",
    "is not permitted to log in",
    "server does not support SSL",
    "certificate verify failed",
];

/// The same, of a role without the rights that it needs.
const FORBIDDEN: [&str; 2] = ["permission denied for", "must be owner of"];

/// The kind of a failed statement.
pub(crate) fn kind(error: &DieselError) -> ErrorKind {
    let DieselError::DatabaseError(kind, information) = error else { return ErrorKind::Internal };
    if *kind == DatabaseErrorKind::SerializationFailure {
        return ErrorKind::Conflict;
    }
    let says = |(_, texts): &&(_, &[&str])| has_any(information.message(), texts);
    match (KINDS.iter().find(says), kind) {
        (Some((kind, _)), _) => *kind,
        (None, DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::ReadOnlyTransaction) => {
            ErrorKind::Unavailable
        }
        (None, _) => ErrorKind::Internal,
    }
}

/// Whether a statement failed only because others were in its way.
pub(crate) fn is_conflict(error: &DieselError) -> bool {
    kind(error) == ErrorKind::Conflict
}

/// Whether SQLite says so of a file that is damaged, or none of its own.
pub(crate) fn is_damage(text: &str) -> bool {
    has_any(text, &DAMAGED)
}

/// Whether the engine, which speaks PostgreSQL's protocol but is another one, has no such
/// statement.
pub(crate) fn is_unsupported(error: &DieselError) -> bool {
    matches!(error, DieselError::DatabaseError(_, information)
        if has_any(information.message(), &UNSUPPORTED))
}

/// The field that a write collided in.
pub(crate) fn duplicate(error: &DieselError) -> Option<UniqueField> {
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

/// Says what to do about a PostgreSQL database that can't be used, where that is known.
pub(crate) fn explain(error: OpenError) -> OpenError {
    let text = error.to_string();
    match error {
        OpenError::Connect(source) | OpenError::Migrate(source) if has_any(&text, &READ_ONLY) => {
            OpenError::ReadOnly(source)
        }
        OpenError::Connect(source) if ABSENT.iter().all(|part| text.contains(part)) => {
            OpenError::Absent(source)
        }
        OpenError::Connect(source) if has_any(&text, &LOG_IN) => OpenError::LogIn(source),
        OpenError::Migrate(source) if has_any(&text, &FORBIDDEN) => OpenError::Forbidden(source),
        error => error,
    }
}

fn has_any(text: &str, parts: &[&str]) -> bool {
    parts.iter().any(|part| text.contains(part))
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
            ("unknown function: lock_shared()", true),
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
