//! SQLite's file before SQLite opens it: what is wrong with it is known here, and there only that it can't be
//! opened.

use std::{fs, io, path::Path};

use rustix::fs::{Access, access};

/// Makes the file before SQLite does, readable by its owner only: it holds password hashes. SQLite
/// gives the files beside it the same permissions.
pub(crate) fn create_private(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Refuses what this process may not write, or not make the log beside.
pub(crate) fn require_writable(path: &Path) -> io::Result<()> {
    require_readable(path)?;
    access(path, Access::WRITE_OK)?;
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    access(folder, Access::WRITE_OK).map_err(|error| {
        let error = io::Error::from(error);
        io::Error::new(error.kind(), format!("the folder {}: {error}", folder.display()))
    })
}

/// Refuses what this process may not read, and what is no file. Nothing is opened: closing it would give back
/// the locks that this process has on it.
pub(crate) fn require_readable(path: &Path) -> io::Result<()> {
    if fs::metadata(path)?.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "is a directory"));
    }
    Ok(access(path, Access::READ_OK)?)
}
