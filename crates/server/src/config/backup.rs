//! Settings of `rollcall backup` and `rollcall restore`.

use std::path::PathBuf;

use clap::Args;
use rollcall_persistence::{DatabaseUrl, session_secret};

use super::store::DatabaseSettings;
use crate::failure::Failure;

#[derive(Args)]
pub(crate) struct BackupSettings {
    /// File to write
    pub(crate) file: PathBuf,
    /// Replace an existing file
    #[arg(long)]
    pub(crate) overwrite: bool,
    #[command(flatten)]
    pub(crate) database: DatabaseSettings,
}

#[derive(Args)]
pub(crate) struct RestoreSettings {
    /// Backup to restore
    pub(crate) file: PathBuf,
    /// Replace a store that has users or is damaged
    #[arg(long)]
    pub(crate) overwrite: bool,
    #[command(flatten)]
    pub(crate) database: DatabaseSettings,
}

impl DatabaseSettings {
    /// The files of the store, existing or not.
    pub(crate) fn files(&self) -> Result<Vec<PathBuf>, Failure> {
        let DatabaseUrl::Sqlite(path) = self.url()? else { return Ok(Vec::new()) };
        let beside = |ending: &str| {
            let mut name = path.clone().into_os_string();
            name.push(ending);
            PathBuf::from(name)
        };
        Ok(["-wal", "-shm", "-journal"]
            .map(beside)
            .into_iter()
            .chain([session_secret(&path), path.clone()])
            .collect())
    }

    /// The path of the SQLite file. For PostgreSQL, the error names its own `program`.
    pub(crate) fn sqlite_path(&self, program: &str) -> Result<PathBuf, Failure> {
        match self.url()? {
            DatabaseUrl::Sqlite(path) => Ok(path),
            DatabaseUrl::Postgres(_) => {
                Err(self.failure(&format!("the store is on PostgreSQL; use {program}")))
            }
        }
    }
}
