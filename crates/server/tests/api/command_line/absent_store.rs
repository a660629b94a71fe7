//! Commands on a missing store, a moved one and a damaged one.

use std::fs;

use tempfile::TempDir;

use super::{answer, refusal};
use crate::{
    harness::{Postgres, Server, rollcall_on_sqlite},
    import::{lines, sql},
};

/// Commands that read or change a store, and do not create one.
const COMMANDS: [&[&str]; 12] = [
    &["user", "list"],
    &["user", "list", "--confusable"],
    &["user", "passwd", "root"],
    &["user", "grant", "root", "auditor"],
    &["user", "sessions", "root"],
    &["user", "key-add", "root", "a program", "--scope=verify"],
    &["user", "delete", "root"],
    &["audit", "list"],
    &["audit", "verify"],
    &["export"],
    &["backup", "copy.db"],
    &["copy", "--to=sqlite://copy.db"],
];

const SETTING: &str = "--database-url (ROLLCALL_DATABASE_URL): ";

/// The message of each command about the store at `url`, without the setting.
fn said(folder: &TempDir, arguments: &[&str], url: &str) -> String {
    let mut command = rollcall_on_sqlite(folder, arguments);
    command.env("ROLLCALL_DATABASE_URL", url).env("ROLLCALL_COPY_FROM", url);
    let said = refusal(&mut command);
    let from = "--from (ROLLCALL_COPY_FROM): ";
    let said = said.strip_prefix(SETTING).or_else(|| said.strip_prefix(from)).unwrap_or(&said);
    said.trim_start_matches("the source can't be read: ").to_owned()
}

#[test]
fn no_command_but_those_that_add_users_makes_a_store() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("empty.db"), "").unwrap();
    for (url, expected) in [
        (
            "sqlite://absent.db",
            "there is no store at sqlite://absent.db; give the one that the server uses",
        ),
        (
            "sqlite://empty.db",
            "there is no store in this database; give the one that the server uses",
        ),
    ] {
        for arguments in COMMANDS {
            assert_eq!(said(&folder, arguments, url), expected, "{arguments:?}");
        }
    }
    let names: Vec<_> =
        folder.path().read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["empty.db"]);
    assert_eq!(fs::metadata(folder.path().join("empty.db")).unwrap().len(), 0);
}

#[test]
fn an_empty_postgresql_database_stays_empty() {
    let postgres = Postgres::start();
    let folder = tempfile::tempdir().unwrap();
    for arguments in COMMANDS.into_iter().filter(|arguments| arguments[0] != "backup") {
        let expected = "there is no store in this database; give the one that the server uses";
        assert_eq!(said(&folder, arguments, &postgres.url()), expected, "{arguments:?}");
    }
    let tables = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'";
    assert_eq!(sql(&postgres.url(), "", tables), "0\n");
}

#[test]
fn a_store_that_was_moved_away_is_missed_by_every_command() {
    let server = Server::start_on_sqlite();
    let data = server.folder().path().join("data");
    fs::rename(data.join("rollcall.db"), data.join("away.db")).unwrap();
    let expected = "there is data/rollcall.db-wal, and nothing in data/rollcall.db: put the file \
                    back that the log is of, or restore a backup with --overwrite";
    for arguments in COMMANDS.iter().chain(&[&["user", "add", "bob"][..]]) {
        let said = said(server.folder(), arguments, "sqlite://data/rollcall.db");
        assert_eq!(said, expected, "{arguments:?}");
    }
    fs::rename(data.join("away.db"), data.join("rollcall.db")).unwrap();
    let list = answer(&mut rollcall_on_sqlite(server.folder(), &["user", "list"]));
    assert_eq!(list.lines().count(), 2, "{list}");
}

#[test]
fn a_damaged_store_is_reported_with_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("users.ndjson"), lines(1..=3)).unwrap();
    answer(&mut rollcall_on_sqlite(&folder, &["import", "users.ndjson", "--bcrypt-cost=4"]));
    let good = fs::read(folder.path().join("data/rollcall.db")).unwrap();
    for (offset, bytes, reason) in [
        (0, &b"garbage garbage!"[..], "file is not a database"),
        // The number of the format of the schema.
        (44, &[9, 9, 9, 9], "unsupported file format"),
    ] {
        let is_sqlite = offset > 0;
        let mut damaged = good.clone();
        damaged[offset..offset + bytes.len()].copy_from_slice(bytes);
        fs::write(folder.path().join("bad.db"), damaged).unwrap();
        let expected = if is_sqlite {
            format!("bad.db is damaged ({reason}); run `rollcall restore BACKUP --overwrite`")
        } else {
            "bad.db is not a SQLite database; check the path, or replace the file by `rollcall \
             restore BACKUP --overwrite`"
                .to_owned()
        };
        for arguments in COMMANDS.into_iter().filter(|arguments| arguments[0] != "copy") {
            assert_eq!(said(&folder, arguments, "sqlite://bad.db"), expected, "{arguments:?}");
        }
        let expected = format!("bad.db can't be restored: it is damaged: {reason}");
        assert_eq!(refusal(&mut rollcall_on_sqlite(&folder, &["restore", "bad.db"])), expected);
    }
}
