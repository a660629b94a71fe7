//! The names by which SQLite is given files, and the only place that opens them.
//!
//! SQLite reads `file:…` as a URL, `:memory:` as no file at all, and an empty name as a file of its
//! own. A URL with every special character of the path quoted means that path and nothing else.

use std::{fmt::Write, os::unix::ffi::OsStrExt, path::Path};

use diesel::{Connection, ConnectionResult, SqliteConnection};

/// What a connection may do with a file that is there. Neither makes one.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Mode {
    /// Read it.
    ReadOnly,
    /// Read and write it.
    ReadWrite,
}

/// Opens the file at `path`, of which nothing is read yet.
pub(crate) fn open(path: &Path, mode: Mode) -> ConnectionResult<SqliteConnection> {
    SqliteConnection::establish(&name(path, mode))
}

/// Opens a file that SQLite makes when it needs one, deletes when it is closed, and that no other
/// process can open.
pub(crate) fn open_scratch() -> ConnectionResult<SqliteConnection> {
    SqliteConnection::establish("")
}

/// The name of the file at `path`.
pub(crate) fn name(path: &Path, mode: Mode) -> String {
    // A host stands between the first two slashes and the third one. A relative path without `./`
    // could be `:memory:`, which SQLite looks for behind the quotes, too.
    let mut name = String::from(if path.is_absolute() { "file://" } else { "file:./" });
    for byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/._-".contains(byte) {
            name.push(char::from(*byte));
        } else {
            let _ = write!(name, "%{byte:02X}");
        }
    }
    name + match mode {
        Mode::ReadOnly => "?mode=ro",
        Mode::ReadWrite => "?mode=rw",
    }
}

#[cfg(test)]
mod tests {
    use std::{ffi::OsStr, fs, os::unix::ffi::OsStrExt, path::Path};

    use diesel::connection::SimpleConnection;

    use super::{Mode, name, open};

    #[test]
    fn every_path_is_quoted() {
        for (path, expected) in [
            ("rollcall.db", "file:./rollcall.db?mode=rw"),
            ("/var/lib/a b.db", "file:///var/lib/a%20b.db?mode=rw"),
            (":memory:", "file:./%3Amemory%3A?mode=rw"),
            ("file:x.db?mode=rwc#y", "file:./file%3Ax.db%3Fmode%3Drwc%23y?mode=rw"),
            ("", "file:./?mode=rw"),
        ] {
            assert_eq!(name(Path::new(path), Mode::ReadWrite), expected);
        }
    }

    #[test]
    fn any_name_is_that_of_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let names: [&[u8]; 8] = [
            b":memory:",
            b"file:x.db",
            b"file::memory:?cache=shared",
            b"a%20b?mode=memory#c",
            b"a//b\\'\"\n",
            b"\xff\xfe",
            "ü字".as_bytes(),
            b"sqlite:x",
        ];
        fs::create_dir(folder.path().join("a")).unwrap();
        for (count, name) in names.into_iter().enumerate() {
            let path = folder.path().join(OsStr::from_bytes(name));
            assert!(open(&path, Mode::ReadWrite).is_err(), "{} was made", path.display());
            fs::write(&path, "").unwrap();
            let mut connection = open(&path, Mode::ReadWrite).unwrap();
            connection.batch_execute("CREATE TABLE t (a)").unwrap();
            assert!(fs::metadata(&path).unwrap().len() > 0, "{}", path.display());
            assert!(fs::read_dir(folder.path()).unwrap().count() <= count + 2);
        }
    }

    #[test]
    fn a_file_that_is_only_read_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        fs::write(&path, "").unwrap();
        let mut connection = open(&path, Mode::ReadOnly).unwrap();
        assert!(connection.batch_execute("CREATE TABLE t (a)").is_err());
        assert_eq!(fs::metadata(&path).unwrap().len(), 0);
    }
}
