//! `rollcall backup`: copies a SQLite store that may be in use.

use rollcall_persistence::{BackupError, OpenError, back_up, require_file, session_secret};

use crate::{
    commands::{
        files::new_file::{Existing, NewFile},
        output,
    },
    config::backup::BackupSettings,
    failure::Failure,
    telemetry,
    words::counted,
};

/// Writes the copy, and prints the number of users.
pub(crate) fn run(settings: &BackupSettings) -> Result<(), Failure> {
    telemetry::log::direct();
    let BackupSettings { file, overwrite, database } = settings;
    let store = database.sqlite_path("pg_dump")?;
    require_file(&store).map_err(|error| database.failure(&error))?;
    let new = NewFile::begin(file, Existing::overwrite(*overwrite), &database.files()?)?;
    let failed = |error| match error {
        BackupError::Open(error) => database.failure(&error),
        BackupError::Damaged(reason) => {
            database.failure(&OpenError::Damaged { path: store.display().to_string(), reason })
        }
        error => database.failure(&format!("backing up the store: {error}")),
    };
    let users = back_up(&store, new.temporary_path()).map_err(failed)?;
    new.complete()?;
    let secret = session_secret(&store);
    let hint = if secret.exists() {
        format!("; back up the session secret {} separately", secret.display())
    } else {
        String::new()
    };
    output::print_done(&format!("backed up {}{hint}\n", counted(users as u64, "user")))
}
