//! `rollcall restore`: puts a backup in the place of a SQLite store.

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
    failure::Failure,
    files::{require_regular, writing},
    logging,
    settings::RestoreSettings,
};

/// The user who may give files to others.
const ROOT: u32 = 0;

/// Checks the backup, and puts a copy of it where the store is.
pub(crate) fn run(settings: &RestoreSettings) -> Result<(), Failure> {
    logging::direct("warn");
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
    // Once now, so that nothing is copied in vain, and once more for good.
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
    super::print_done(&format!("restored {}\n", super::counted(users as u64, "user")))
}

/// An empty file in the folder of the store, which is made where there is none. Made by root, it belongs to
/// whom the store does, or else the folder: to whom the server runs as.
fn new_file_beside(store: &Path) -> io::Result<TempPath> {
    let store = fs::canonicalize(store).unwrap_or_else(|_| store.to_owned());
    let folder = store.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let file = Builder::new().prefix(".rollcall-").tempfile_in(folder)?;
    if file.as_file().metadata()?.uid() == ROOT {
        let owner = fs::metadata(&store).or_else(|_| fs::metadata(folder))?;
        chown(file.path(), Some(owner.uid()), Some(owner.gid()))?;
    }
    Ok(file.into_temp_path())
}
