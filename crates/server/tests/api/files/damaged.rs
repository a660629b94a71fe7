//! Damaged database files.

use std::{
    fs,
    io::{Seek, SeekFrom, Write},
    ops::RangeInclusive,
    path::Path,
};

use super::{make, names, readiness, shell, stop, wait_until_ready_is};
use crate::{
    harness::{Server, rollcall_on_sqlite},
    import::{lines, sql},
};

const DAMAGED: &str = "the database is damaged: ";
const PAGE: usize = 4096;

pub(super) fn run(server: &Server, arguments: &[&str]) {
    let output = rollcall_on_sqlite(server.folder(), arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
}

/// A server with some hundred users.
pub(super) fn server() -> Server {
    let server = Server::start_on_sqlite();
    import(&server, 1..=400);
    server
}

pub(super) fn import(server: &Server, numbers: RangeInclusive<usize>) {
    fs::write(server.folder().path().join("users.ndjson"), lines(numbers)).unwrap();
    run(server, &["import", "users.ndjson", "--bcrypt-cost=4"]);
}

/// The pages that the rows of a table or an index are on, in their order.
fn pages(server: &Server, table: &str) -> Vec<usize> {
    let query = format!(
        "SELECT pageno FROM dbstat WHERE name = '{table}' AND pagetype = 'leaf' ORDER BY path"
    );
    let url = format!("sqlite://{}", server.folder().path().join("data/rollcall.db").display());
    let pages: Vec<_> = sql(&url, &query, "").lines().map(page_number).collect();
    assert!(pages.len() > 1, "{table} is on {pages:?} alone");
    pages
}

fn page_number(line: &str) -> usize {
    line.parse().unwrap()
}

fn overwrite(file: &Path, pages: &[usize]) {
    let mut file = fs::File::options().write(true).open(file).unwrap();
    for page in pages {
        file.seek(SeekFrom::Start(((page - 1) * PAGE).try_into().unwrap())).unwrap();
        file.write_all(&[0x5a; PAGE]).unwrap();
    }
}

/// Checks that a server reports damage and refuses writes, and that a restore repairs the store.
fn expect_damage_and_restore(server: &mut Server, users: &str) {
    wait_until_ready_is(server, 503);
    assert_eq!(make(&server.admin(), "written-to-a-damaged-file"), 503);
    assert_eq!(server.anonymous().get("/health/live").status, 200);
    let line = server.process().wait_for(DAMAGED);
    assert!(line.contains("run `rollcall restore` with a backup"), "{line}");
    stop(server);
    assert_eq!(server.process().all_said().matches(DAMAGED).count(), 1);
    run(server, &["restore", "backup.db", "--overwrite"]);
    server.start_again(&[]);
    assert_eq!((readiness(server), &*names(&server.admin())), (200, users));
}

#[test]
fn a_copied_backup_beside_a_stale_log_is_not_ready() {
    let mut server = server();
    let (users, folder) = (names(&server.admin()), server.folder().path().to_owned());
    stop(&mut server);
    shell(&folder, "cp data/rollcall.db backup.db");
    import(&server, 401..=800);
    server.start_again(&[]);
    // The imported users are in the file, and this change is only in the log.
    assert_eq!(make(&server.admin(), "alice"), 201);
    // As in a copy that was made when this log began.
    let url = format!("sqlite://{}", folder.join("data/rollcall.db").display());
    let stamp = sql(&url, "PRAGMA user_version", "");
    shell(&folder, &format!("sqlite3 backup.db 'PRAGMA user_version = {}'", stamp.trim()));
    server.kill();
    let log = fs::read(folder.join("data/rollcall.db-wal")).unwrap();
    shell(&folder, "cp backup.db data/rollcall.db");
    server.start_again(&[]);
    wait_until_ready_is(&server, 503);
    assert_eq!(make(&server.admin(), "bob"), 503);
    stop(&mut server);
    // The log may have changes that no backup has, so the stop keeps it.
    assert!(fs::read(folder.join("data/rollcall.db-wal")).unwrap().starts_with(&log[..PAGE]));
    server.start_again(&[]);
    expect_damage_and_restore(&mut server, &users);
}

#[test]
fn damage_that_a_request_meets_ends_readiness() {
    let mut server = server();
    run(&server, &["backup", "backup.db"]);
    let users = names(&server.admin());
    stop(&mut server);
    // The first one has the admin.
    let pages = pages(&server, "users");
    overwrite(&server.folder().path().join("data/rollcall.db"), &pages[1..]);
    server.start_again(&[]);
    let list = server.admin().attempt("GET", "/users", None);
    assert_ne!(list.map(|answer| answer.status), Some(200));
    expect_damage_and_restore(&mut server, &users);
    assert!(!server.process().said().contains("checking "));
}

#[test]
fn damage_that_no_request_meets_is_found_after_a_kill() {
    let mut server = server();
    run(&server, &["backup", "backup.db"]);
    let users = names(&server.admin());
    let pages = pages(&server, "users_by_create_time");
    // The newest rows are on the last page, which this puts into the log.
    assert_eq!(make(&server.admin(), "alice"), 201);
    server.kill();
    overwrite(&server.folder().path().join("data/rollcall.db"), &pages[..1]);
    server.start_again(&[]);
    server.process().wait_for("checking data/rollcall.db");
    expect_damage_and_restore(&mut server, &users);
}

#[test]
fn a_file_that_another_server_has_open_is_not_checked() {
    let mut server = server();
    // The change is only in the log, which stays until both have stopped.
    assert_eq!(make(&server.admin(), "alice"), 201);
    let mut other = server.replica();
    assert_eq!(make(&other.admin(), "bob"), 201);
    stop(&mut other);
    assert!(!other.process().all_said().contains("checking "));
    assert_eq!(make(&server.admin(), "carol"), 201);
    server.kill_and_start_again(&[]);
    server.process().wait_for("checking data/rollcall.db: it was not closed at the last stop");
}

#[test]
fn a_whole_file_is_served_while_it_is_checked() {
    let mut server = server();
    assert_eq!(make(&server.admin(), "alice"), 201);
    server.kill_and_start_again(&[]);
    assert_eq!(make(&server.admin(), "bob"), 201);
    server.process().wait_for("data/rollcall.db has no damage");
    assert_eq!(readiness(&server), 200);
    stop(&mut server);
    server.start_again(&[]);
    assert_eq!(readiness(&server), 200);
    stop(&mut server);
    let said = server.process().all_said();
    assert!(!said.contains("checking "), "{said}");
}
