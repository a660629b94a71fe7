//! `rollcall backup`: copies a SQLite store that may be in use.

use rollcall_persistence::{OpenError, back_up, session_secret};

use crate::{failure::Failure, logging, new_file::NewFile, settings::BackupSettings};

/// Writes the copy, and says what is in it.
pub(crate) fn run(settings: &BackupSettings) -> Result<(), Failure> {
    logging::direct("warn");
    let BackupSettings { file, overwrite, database } = settings;
    let store = database.sqlite_path("pg_dump")?;
    if !store.exists() {
        return Err(database.failure(&OpenError::Missing(format!("sqlite://{}", store.display()))));
    }
    let new = NewFile::begin(file, *overwrite, &database.files()?)?;
    let users = back_up(&store, new.temporary_path())
        .map_err(|error| database.failure(&format!("can't be backed up: {error}")))?;
    new.complete()?;
    let secret = session_secret(&store);
    let hint = if secret.exists() {
        format!("; the session secret {} is not in it", secret.display())
    } else {
        String::new()
    };
    super::print_done(&format!("backed up {users} users{hint}\n"))
}
