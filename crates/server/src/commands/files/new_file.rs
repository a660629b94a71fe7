//! Writes files that get their name when they are complete. Only the owner can read them.

use std::{
    fs::{self, File, Metadata},
    io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use tempfile::{Builder, NamedTempFile};

use super::{irregular, writing};
use crate::failure::Failure;

/// A file with a temporary name until it is complete.
pub(crate) struct NewFile {
    temporary: NamedTempFile,
    path: PathBuf,
    existing: Existing,
}

/// What becomes of a file that is at the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Existing {
    /// It is replaced.
    Replace,
    /// It stays, unless the command is given `--overwrite`.
    Refuse,
    /// It stays.
    Keep,
}

impl Existing {
    /// For a command that has `--overwrite`.
    pub(crate) fn overwrite(is_given: bool) -> Self {
        if is_given { Self::Replace } else { Self::Refuse }
    }
}

impl NewFile {
    /// Begins a file for `path`. None of `store`, the files of the store being read, is replaced or
    /// made.
    pub(crate) fn begin(
        path: &Path,
        existing: Existing,
        store: &[PathBuf],
    ) -> Result<Self, Failure> {
        // Replaces the target of a link, not the link.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let target = fs::symlink_metadata(&path);
        let is_of_store = |file: &PathBuf| match &target {
            Ok(target) => is_same(target, file),
            Err(_) => path.file_name() == file.file_name() && is_same_folder(&path, file),
        };
        match &target {
            Ok(metadata) if !metadata.is_file() => {
                return Err(irregular(&path));
            }
            _ if store.iter().any(is_of_store) => {
                return Err(
                    format!("{} belongs to the store; give another name", path.display()).into()
                );
            }
            Ok(_) if existing != Existing::Replace => return Err(is_there(&path, existing)),
            _ => {}
        }
        let made = Builder::new().prefix(".rollcall-").tempfile_in(folder(&path));
        let temporary = made.map_err(|error| writing(&path, &error))?;
        Ok(Self { temporary, path, existing })
    }

    /// The file to write to.
    pub(crate) fn file(&self) -> io::Result<File> {
        self.temporary.as_file().try_clone()
    }

    /// The temporary path of the file.
    pub(crate) fn temporary_path(&self) -> &Path {
        self.temporary.path()
    }

    /// Syncs the file, then renames it to its path.
    pub(crate) fn complete(self) -> Result<(), Failure> {
        let Self { temporary, path, existing } = self;
        let failed = |error: &io::Error| writing(&path, error);
        // Opened by name, because SQLite may have replaced the file.
        let sync = |path: &Path| File::open(path).and_then(|file| file.sync_all());
        sync(temporary.path()).map_err(|error| failed(&error))?;
        let named = match existing {
            Existing::Replace => temporary.persist(&path),
            Existing::Refuse | Existing::Keep => temporary.persist_noclobber(&path),
        };
        named.map_err(|error| match error.error.kind() {
            io::ErrorKind::AlreadyExists => is_there(&path, existing),
            _ => failed(&error.error),
        })?;
        sync(folder(&path)).map_err(|error| failed(&error))
    }
}

/// Whether two paths lead to the same file.
fn is_same(file: &Metadata, other: &Path) -> bool {
    let identity = |metadata: &Metadata| (metadata.dev(), metadata.ino());
    fs::metadata(other).is_ok_and(|other| identity(&other) == identity(file))
}

/// Whether two paths are in the same folder.
fn is_same_folder(path: &Path, other: &Path) -> bool {
    fs::metadata(folder(path)).is_ok_and(|metadata| is_same(&metadata, folder(other)))
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn is_there(path: &Path, existing: Existing) -> Failure {
    let or = if existing == Existing::Refuse { ", or --overwrite" } else { "" };
    format!("{} exists; give another name{or}", path.display()).into()
}
