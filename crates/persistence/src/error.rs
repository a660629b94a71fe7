//! What database errors mean to the domain. The only place that reads their texts.

use diesel::{
    r2d2,
    result::{DatabaseErrorKind, Error as DieselError},
};
use rollcall_domain::{StoreError, UniqueField, WriteError};

/// A failure inside a write transaction: a refusal by the domain, or the database's.
pub(crate) struct Abort(pub(crate) WriteError);

impl From<DieselError> for Abort {
    fn from(error: DieselError) -> Self {
        Self(WriteError::Store(store_error(error)))
    }
}

impl From<WriteError> for Abort {
    fn from(error: WriteError) -> Self {
        Self(error)
    }
}

/// No connection: the database is away or every connection is taken.
pub(crate) fn no_connection(error: r2d2::PoolError) -> StoreError {
    StoreError::Unavailable(Box::new(error))
}

/// A failed statement that is nobody's input.
pub(crate) fn store_error(error: DieselError) -> StoreError {
    // What SQLite says for SQLITE_BUSY, SQLITE_LOCKED, SQLITE_CANTOPEN, SQLITE_IOERR and
    // SQLITE_FULL: the store may answer again once somebody has let go or mended it.
    const PASSING: [&str; 5] = [
        "database is locked",
        "database table is locked",
        "unable to open database file",
        "disk I/O error",
        "database or disk is full",
    ];
    match &error {
        DieselError::DatabaseError(_, information)
            if PASSING.iter().any(|text| information.message().contains(text)) =>
        {
            StoreError::Unavailable(Box::new(error))
        }
        _ => StoreError::Internal(Box::new(error)),
    }
}

/// A failed write of a user: tells which field collided, if one did.
pub(crate) fn user_write_error(error: DieselError) -> WriteError {
    // SQLite names no constraint; its message names the columns.
    if let DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, information) = &error {
        let message = information.message();
        if message.contains("users.name_key") {
            return WriteError::Duplicate(UniqueField::Name);
        }
        if message.contains("users.email_key") {
            return WriteError::Duplicate(UniqueField::Email);
        }
    }
    WriteError::Store(store_error(error))
}
