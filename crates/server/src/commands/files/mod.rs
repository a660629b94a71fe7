//! Errors about files on the command line.

pub(crate) mod new_file;

use std::{fs, io, path::Path};

use crate::failure::Failure;

/// Refuses a path without a regular file.
pub(crate) fn require_regular(path: &Path) -> Result<(), Failure> {
    let shown = path.display();
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_file() => Ok(()),
        Ok(_) => Err(irregular(path)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(format!("{shown} does not exist; give the path of a file").into())
        }
        Err(error) => Err(format!("{shown} can't be read: {error}").into()),
    }
}

/// The error for a path that is not a regular file.
pub(crate) fn irregular(path: &Path) -> Failure {
    format!("{} is not a regular file; give the path of one", path.display()).into()
}

/// The error of writing the file at `path`, without its temporary name.
pub(crate) fn writing(path: &Path, error: &io::Error) -> Failure {
    let shown = path.display();
    match absent_folder(path) {
        Some(folder) if error.kind() == io::ErrorKind::NotFound => {
            format!("{shown} can't be written: the folder {folder} does not exist; create it")
        }
        _ => format!("{shown} can't be written: {}", plain(error)),
    }
    .into()
}

fn absent_folder(path: &Path) -> Option<String> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty())?;
    (!folder.exists()).then(|| folder.display().to_string())
}

/// The system's error text. `tempfile` appends the path of its temporary file.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    text.split_once(" at path ").map_or(text.clone(), |(words, _)| words.to_owned())
}
