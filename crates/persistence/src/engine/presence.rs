//! Whether there is a store at all: a command that only reads or changes one must not make it.

use std::path::Path;

use crate::{
    engine::{
        sqlite::{
            failure,
            file::{is_missing_or_empty, lone_log, session_secret},
        },
        url::DatabaseUrl,
    },
    error::{one_line, open::OpenError},
};

/// What becomes of a database without a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IfAbsent {
    /// One is made.
    Create,
    /// It is refused, and left as it is.
    Refuse,
}

/// Refuses a path at which there is no file, and one from which the file of a store was taken away.
///
/// # Errors
/// [`OpenError::LoneLog`], [`OpenError::Lost`] or [`OpenError::Missing`].
pub fn require_file(path: &Path) -> Result<(), OpenError> {
    refuse_remains(path)?;
    if path.exists() {
        return Ok(());
    }
    Err(OpenError::Missing(DatabaseUrl::Sqlite(path.to_owned()).to_string()))
}

/// Refuses a path at which only the files beside a store are left.
pub(crate) fn refuse_remains(path: &Path) -> Result<(), OpenError> {
    if let Some(log) = lone_log(path) {
        let [path, log] = [path, &log].map(|path| path.display().to_string());
        return Err(OpenError::LoneLog { path, log });
    }
    let secret = session_secret(path);
    // First: a process that makes a store makes its secret last.
    let secret_was_there = secret.exists();
    if secret_was_there && is_missing_or_empty(path) {
        return Err(OpenError::lost(path, &secret));
    }
    Ok(())
}

/// Why the store at `url` can't be used: of a database without one, whether one was there, and of a
/// statement that failed, what that means for the operator.
pub(crate) fn explain(url: &DatabaseUrl, error: OpenError) -> OpenError {
    match (error, url) {
        (OpenError::NoStore, DatabaseUrl::Sqlite(path)) if session_secret(path).exists() => {
            OpenError::lost(path, &session_secret(path))
        }
        (OpenError::Migrate(source), DatabaseUrl::Sqlite(path)) => failure(path, source),
        (OpenError::Migrate(source), DatabaseUrl::Postgres(_)) => {
            OpenError::Connect(one_line(&source).into())
        }
        (error, _) => error,
    }
}
