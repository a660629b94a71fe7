//! Imports of users with hashes, beside `sqlite3`'s own `.import` of their rows.

use std::{path::Path, process::Command};

use tempfile::TempDir;

use super::{
    Beside, COST, database,
    people::{self, Files},
    thousands,
};
use crate::{
    Result,
    memory::{self, Took},
    other, row,
    server::{Rollcall, binary},
};

/// Returns the folder of a store with so many users, and how long making it took.
pub(super) fn measure(users: u32) -> Result<(TempDir, Beside)> {
    let (imported, by_sqlite3) = (new_store()?, new_store()?);
    let files = people::write(by_sqlite3.path(), users)?;
    let ours = rollcall(imported.path(), &files.lines)?;
    let theirs = sqlite3(by_sqlite3.path(), &files, users)?;
    for folder in [&imported, &by_sqlite3] {
        expect(folder.path(), users, &files)?;
    }
    let Took { seconds, mebibytes } = ours;
    row(
        &format!("SQLite, {} users: import; `sqlite3`'s own `.import`", thousands(users)),
        &format!(
            "{seconds:.2} s ({:.0} users/s), {mebibytes:.0} MiB at most; \
             {:.2} s, {:.0} MiB: {:.2} times",
            f64::from(users) / seconds,
            theirs.seconds,
            theirs.mebibytes,
            seconds / theirs.seconds
        ),
    );
    Ok((imported, Beside { rollcall: seconds, sqlite3: theirs.seconds }))
}

/// A store with the admin as its only user.
fn new_store() -> Result<TempDir> {
    let folder = tempfile::tempdir()?;
    drop(Rollcall::start_in(folder.path(), COST)?);
    Ok(folder)
}

fn rollcall(folder: &Path, lines: &Path) -> Result<Took> {
    memory::run(binary()?.current_dir(folder).arg("import").arg(lines))
}

/// Imports into tables with the same indexes, with as large a cache as the other has.
fn sqlite3(folder: &Path, files: &Files, users: u32) -> Result<Took> {
    let kibibytes = (u64::from(users) * 80 / 1024).max(65_536);
    let import = |path: &Path, table| format!(".import --csv {} {table}", path.display());
    memory::run(
        Command::new("sqlite3")
            .args(["-bail", "-cmd", &format!("PRAGMA cache_size = -{kibibytes}")])
            .arg(database(folder))
            .args([import(&files.users, "users"), import(&files.roles, "user_roles")]),
    )
}

/// Neither has left anything out.
fn expect(folder: &Path, users: u32, files: &Files) -> Result<()> {
    let count = "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM user_roles)";
    let output = Command::new("sqlite3").arg(database(folder)).arg(count).output()?;
    let found = String::from_utf8(output.stdout)?;
    // The admin has a role too.
    let expected = format!("{users}|{}", files.holders + 1);
    if found.trim() == expected {
        Ok(())
    } else {
        Err(other(&format!("{found} users and roles were imported instead of {expected}")).into())
    }
}
