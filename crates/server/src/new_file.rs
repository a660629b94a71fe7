//! Files that are there once they are complete, and readable by their owner only.

use std::{
    fs::{self, File, Metadata},
    io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use tempfile::{Builder, NamedTempFile};

use crate::{
    failure::Failure,
    files::{irregular, writing},
};

/// A file that has another name until it is complete.
pub(crate) struct NewFile {
    temporary: NamedTempFile,
    path: PathBuf,
    overwrite: bool,
}

impl NewFile {
    /// Begins a file that is to be at `path`, where there is none, or one that is to be replaced; but
    /// none of `store`, the files of the store that is read.
    pub(crate) fn begin(path: &Path, overwrite: bool, store: &[PathBuf]) -> Result<Self, Failure> {
        // What a link leads to is replaced, and not the link.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        match fs::symlink_metadata(&path) {
            Ok(metadata) if !metadata.is_file() => {
                return Err(irregular(&path));
            }
            Ok(target) if store.iter().any(|file| is_same(&target, file)) => {
                return Err(
                    format!("{} belongs to the store; give another name", path.display()).into()
                );
            }
            Ok(_) if !overwrite => return Err(is_there(&path)),
            _ => {}
        }
        let made = Builder::new().prefix(".rollcall-").tempfile_in(folder(&path));
        let temporary = made.map_err(|error| writing(&path, &error))?;
        Ok(Self { temporary, path, overwrite })
    }

    /// The file to write to.
    pub(crate) fn file(&self) -> io::Result<File> {
        self.temporary.as_file().try_clone()
    }

    /// Where the file is for the time being.
    pub(crate) fn temporary_path(&self) -> &Path {
        self.temporary.path()
    }

    /// Gives the file its name, once it would survive a loss of power.
    pub(crate) fn complete(self) -> Result<(), Failure> {
        let Self { temporary, path, overwrite } = self;
        let failed = |error: &io::Error| writing(&path, error);
        // By its name: whoever has written it may have replaced it.
        File::open(temporary.path()).and_then(|it| it.sync_all()).map_err(|it| failed(&it))?;
        let named =
            if overwrite { temporary.persist(&path) } else { temporary.persist_noclobber(&path) };
        named.map_err(|error| match error.error.kind() {
            io::ErrorKind::AlreadyExists => is_there(&path),
            _ => failed(&error.error),
        })?;
        File::open(folder(&path)).and_then(|it| it.sync_all()).map_err(|it| failed(&it))
    }
}

/// Whether a file is this one, whatever names it has.
fn is_same(file: &Metadata, other: &Path) -> bool {
    let identity = |metadata: &Metadata| (metadata.dev(), metadata.ino());
    fs::metadata(other).is_ok_and(|other| identity(&other) == identity(file))
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn is_there(path: &Path) -> Failure {
    format!("{} exists; give another name, or --overwrite", path.display()).into()
}
