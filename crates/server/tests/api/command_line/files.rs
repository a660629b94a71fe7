//! Files that can't be read or written, stores that can't be replaced, and counts of one.

use std::fs;

use super::{answer, refusal};
use crate::{
    harness::{Server, rollcall_on_sqlite},
    import::lines,
};

#[test]
fn an_unusable_file_is_reported_with_the_reason() {
    let server = Server::start_on_sqlite();
    let folder = server.folder();
    let root = folder.path().canonicalize().unwrap();
    let postgres = "--database-url=postgres://user:hunter2@127.0.0.1:1/users";
    fs::write(folder.path().join("there.db"), "").unwrap();
    fs::write(folder.path().join("half.ndjson"), "{\n").unwrap();
    for (arguments, expected) in [
        (
            &["backup", "/nope/x.db"][..],
            "/nope/x.db can't be written: the folder /nope does not exist; create it",
        ),
        (
            &["export", "nope/x.csv"],
            "nope/x.csv can't be written: the folder nope does not exist; create it",
        ),
        (
            &["backup", "/proc/x.db"],
            "/proc/x.db can't be written: No such file or directory (os error 2)",
        ),
        (&["backup", "there.db"], "ROOT/there.db exists; give another name, or --overwrite"),
        (&["backup", "data"], "ROOT/data is not a regular file; give the path of one"),
        (
            &["backup", "data/rollcall.db", "--overwrite"],
            "ROOT/data/rollcall.db belongs to the store; give another name",
        ),
        (&["restore", "absent.db"], "absent.db does not exist; give the path of a file"),
        (&["restore", "data"], "data is not a regular file; give the path of one"),
        (
            &["restore", "there.db"],
            "there.db can't be restored: there is no store in it; give a file of `rollcall backup`",
        ),
        (
            &["import", "absent.csv"],
            "absent.csv does not exist; give a file, or - for standard input",
        ),
        (
            &["import", "data", "--format=csv"],
            "data is a folder; give a file, or - for standard input",
        ),
        (
            &["backup", "x.db", postgres],
            "--database-url (ROLLCALL_DATABASE_URL): the store is on PostgreSQL; use pg_dump",
        ),
        (
            &["restore", "there.db", postgres],
            "--database-url (ROLLCALL_DATABASE_URL): the store is on PostgreSQL; use pg_restore",
        ),
    ] {
        let said = refusal(&mut rollcall_on_sqlite(folder, arguments));
        let expected = expected.replace("ROOT", &root.display().to_string());
        assert_eq!(said, expected, "{arguments:?}");
    }
}

#[test]
fn a_count_of_one_is_singular() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("one.ndjson"), lines(1..=1)).unwrap();
    for (arguments, expected) in [
        (&["import", "one.ndjson", "--bcrypt-cost=4"][..], "imported 1 user\n"),
        (&["import", "one.ndjson", "--bcrypt-cost=4"], "imported 0 users, 1 unchanged\n"),
        (&["export", "one.csv"], "exported 1 user\n"),
        (&["backup", "one.db"], "backed up 1 user\n"),
        (&["restore", "one.db", "--overwrite"], "restored 1 user\n"),
    ] {
        assert_eq!(answer(&mut rollcall_on_sqlite(&folder, arguments)), expected);
    }
}

#[test]
fn a_store_that_can_not_be_replaced_is_named() {
    let mut server = Server::start_on_sqlite();
    answer(&mut rollcall_on_sqlite(server.folder(), &["backup", "backup.db"]));
    let restore = |server: &Server| {
        refusal(&mut rollcall_on_sqlite(server.folder(), &["restore", "backup.db"]))
    };
    let expected = "the store data/rollcall.db is in use; stop the server and all else that has \
                    it open";
    assert_eq!(restore(&server), expected);
    server.process().signal("TERM");
    assert!(server.process().wait().success());
    let expected = "the store data/rollcall.db has users; --overwrite replaces them";
    assert_eq!(restore(&server), expected);
}
