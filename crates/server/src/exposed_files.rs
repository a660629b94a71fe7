//! Files that hold secrets or users, and that other users of the machine can read.

use std::{
    ffi::OsString,
    fs::{self, Metadata},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use rollcall_persistence::{DatabaseUrl, session_secret};
use rustix::process::{geteuid, getpid};

use crate::{environment, settings::ServeSettings};

/// The bits of a mode that let all others, or its group, read a file and go through a folder.
const OTHERS: Access = Access { read: 0o004, pass: 0o001 };
const GROUP: Access = Access { read: 0o040, pass: 0o010 };

struct Access {
    read: u32,
    pass: u32,
}

/// Warns of each file of a server with these settings that others can read.
pub(crate) fn warn(settings: &ServeSettings) {
    // The first process of a container has it to itself. Its secrets are often readable by all
    // there, so that it can run as any user.
    if getpid().is_init() {
        return;
    }
    for path in files(settings).iter().filter(|path| is_exposed(path)) {
        log::warn!("other users can read {0}: chmod 600 {0}", path.display());
    }
}

/// The files that none but the server should read, whether they are there or not.
fn files(settings: &ServeSettings) -> Vec<PathBuf> {
    let mut files = environment::secret_files();
    files.extend(settings.network.tls.tls_key.clone());
    if let Ok(DatabaseUrl::Sqlite(database)) = settings.store.url() {
        let beside = |suffix: &str| {
            let mut path = OsString::from(&database);
            path.push(suffix);
            PathBuf::from(path)
        };
        files.extend([beside(""), beside("-wal"), session_secret(&database)]);
    }
    files
}

/// Whether others can read the file, by its mode and those of all folders that it is in.
fn is_exposed(path: &Path) -> bool {
    let Ok(path) = fs::canonicalize(path) else { return false };
    let Ok(file) = fs::metadata(&path) else { return false };
    let folders: Option<Vec<_>> =
        path.ancestors().skip(1).map(|folder| fs::metadata(folder).ok()).collect();
    let Some(folders) = folders else { return false };
    let can_pass = |folder: &Metadata| {
        let is_of_group = folder.gid() == file.gid() && folder.mode() & GROUP.pass != 0;
        folder.mode() & OTHERS.pass != 0 || is_of_group
    };
    // A group is there for a server that is not the owner: it reads the file by that.
    let is_own = file.uid() == geteuid().as_raw();
    (file.mode() & OTHERS.read != 0 && folders.iter().all(|it| it.mode() & OTHERS.pass != 0))
        || (is_own && file.mode() & GROUP.read != 0 && folders.iter().all(can_pass))
}
