//! Warns of files with secrets or users that other users of the machine can read.

use std::{
    ffi::OsString,
    fs::{self, Metadata},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use rollcall_persistence::{DatabaseUrl, session_secret};
use rustix::process::{geteuid, getpid};

use crate::config::{environment, serve::ServeSettings};

/// The mode bits that let all others, or the group, read a file and traverse a folder.
const OTHERS: Access = Access { read: 0o004, pass: 0o001 };
const GROUP: Access = Access { read: 0o040, pass: 0o010 };

struct Access {
    read: u32,
    pass: u32,
}

/// Warns of each file of a server with these settings that others can read.
pub(crate) fn warn(settings: &ServeSettings) {
    // The first process of a container is usually alone there. Its secrets are often readable by
    // all, so that it can run as any user.
    if getpid().is_init() {
        return;
    }
    for path in files(settings).iter().filter(|path| is_exposed(path)) {
        log::warn!("other users can read {0}; run chmod 600 {0}", path.display());
    }
}

/// The files that only the server should read, existing or not.
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

/// Whether others can read the file, by the modes of the file and of all its folders.
fn is_exposed(path: &Path) -> bool {
    let Ok(path) = fs::canonicalize(path) else { return false };
    let Ok(file) = fs::metadata(&path) else { return false };
    if !file.is_file() {
        // A device or a pipe keeps no secret.
        return false;
    }
    let folders: Option<Vec<_>> =
        path.ancestors().skip(1).map(|folder| fs::metadata(folder).ok()).collect();
    let Some(folders) = folders else { return false };
    let can_pass = |folder: &Metadata| {
        let is_of_group = folder.gid() == file.gid() && folder.mode() & GROUP.pass != 0;
        folder.mode() & OTHERS.pass != 0 || is_of_group
    };
    // If the server is not the owner, the group is how it reads the file.
    let is_own = file.uid() == geteuid().as_raw();
    let is_open = |folder: &Metadata| folder.mode() & OTHERS.pass != 0;
    (file.mode() & OTHERS.read != 0 && folders.iter().all(is_open))
        || (is_own && file.mode() & GROUP.read != 0 && folders.iter().all(can_pass))
}
