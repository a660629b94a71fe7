//! `rollcall restore`: replaces a SQLite store with a backup.

use std::{
    fs::{self, File},
    io,
    os::unix::fs::{MetadataExt, chown},
    path::Path,
};

use rollcall_persistence::{
    ExclusiveStoreLock, ReplaceError, check, copy_backup, drop_sessions, recount_hash_cost,
};
use tempfile::{Builder, TempPath};

use crate::{
    commands::{
        files::{require_regular, writing},
        output,
    },
    config::backup::RestoreSettings,
    failure::Failure,
    telemetry,
    words::counted,
};

/// The user who may change the owner of a file.
const ROOT: u32 = 0;

/// Checks the backup, and replaces the store with a copy of the backup.
pub(crate) fn run(settings: &RestoreSettings) -> Result<(), Failure> {
    telemetry::log::direct();
    let RestoreSettings { file, overwrite, database } = settings;
    let store = database.sqlite_path("pg_restore")?;
    require_regular(file)?;
    let refused = |error: &dyn std::fmt::Display| {
        let reason = error.to_string().replace('\n', " ");
        Failure::from(format!("{} can't be restored: {reason}", file.display()))
    };
    check(file).map_err(|error| refused(&error))?;
    let replacing =
        |error: ReplaceError| Failure::from(format!("the store {} {error}", store.display()));
    // Checked now to fail before the copy, and again when the store is replaced.
    drop(ExclusiveStoreLock::take(&store, *overwrite).map_err(replacing)?);
    let failed = |error: io::Error| writing(&store, &error);
    let copy = new_file_beside(&store).map_err(failed)?;
    let users = copy_backup(file, &copy).map_err(|error| refused(&error))?;
    recount_hash_cost(&copy).map_err(|error| refused(&error))?;
    drop_sessions(&copy).map_err(|error| refused(&error))?;
    File::open(&copy).and_then(|copy| copy.sync_all()).map_err(failed)?;
    ExclusiveStoreLock::take(&store, *overwrite)
        .map_err(replacing)?
        .fill(&copy)
        .map_err(replacing)?;
    output::print_done(&format!("restored {}\n", counted(users as u64, "user")))
}

/// Creates an empty file in the folder of the store, and the folder if it does not exist. If root
/// runs this, the file gets the owner of the store or else of the folder, so that the server can
/// open it.
fn new_file_beside(store: &Path) -> io::Result<TempPath> {
    let store = fs::canonicalize(store).unwrap_or_else(|_| store.to_owned());
    let folder =
        store.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let file = Builder::new().prefix(".rollcall-").tempfile_in(folder)?;
    if file.as_file().metadata()?.uid() == ROOT {
        let owner = fs::metadata(&store).or_else(|_| fs::metadata(folder))?;
        chown(file.path(), Some(owner.uid()), Some(owner.gid()))?;
    }
    Ok(file.into_temp_path())
}
