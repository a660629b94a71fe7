//! What operators do to the files of a SQLite store.

mod names;

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

/// The names of the files in a folder, ordered, each of which only its owner may read and write.
fn private_files(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{name} has the mode {mode:o}");
        names.push(name);
    }
    names.sort();
    names
}
