//! `rollcall copy`: moving to another store.

use std::{
    fs,
    ops::ControlFlow,
    os::unix::fs::{PermissionsExt, symlink},
    process::{Command, Output},
};

use rollcall_domain::{UserOrder, UserStore};
use rollcall_persistence::Store;
use serde_json::json;
use tempfile::TempDir;

use crate::harness::{
    PASSWORD, Postgres, Process, Server, rollcall_on_sqlite as rollcall, store_url, until,
};

/// The store in a folder.
const FILE: &str = "sqlite://data/rollcall.db";

/// The message about a target that is the source.
const SAME: &str = "error: --to (ROLLCALL_COPY_TO): the target is the source; give another store\n";

/// Users on two pages.
const FILL: &str =
    "INSERT INTO users SELECT i, 0, 0, 'u' || i, 'u' || i, NULL, NULL, 'ENABLED', 'x'
    FROM generate_series(1, 800) AS i";

fn copy(folder: &TempDir, from: &str, to: &str) -> Command {
    let mut command = rollcall(folder, &["copy"]);
    command.env("ROLLCALL_COPY_FROM", from).env("ROLLCALL_COPY_TO", to);
    command
}

fn succeed(mut command: Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The one line with which the command fails.
fn fail(mut command: Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let said = String::from_utf8(stderr).unwrap();
    assert_eq!((status.code(), stdout.len(), said.lines().count()), (Some(1), 0, 1), "{said}");
    said
}

fn stop(mut server: Server) {
    server.process().signal("TERM");
    assert_eq!(server.process().wait().code(), Some(0));
}

/// The output of a statement on a PostgreSQL database.
fn psql(url: &str, sql: &str) -> String {
    let arguments = [url, "-qAt", "-v", "ON_ERROR_STOP=1", "-c", sql];
    let output = Command::new("psql").args(arguments).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn open(url: &str) -> Store {
    Store::open(&url.parse().unwrap()).unwrap()
}

/// Moves the store at `from`, which `before` serves, and compares the answers before and after.
fn assert_moved(before: Server, from: &str, to: &str) {
    for name in ["alice", "bob", "carol", "dave"] {
        before.user(name);
    }
    before.change(2, &json!({"roles": [{"name": "admin"}, {"name": "auditor"}], "email": ""}));
    before.change(2, &json!({"name": "Älice"}));
    before.change(3, &json!({"status": "DISABLED"}));
    assert_eq!(before.admin().delete("/api/v1/users/dave").status, 204);
    let (session, _) = before.session("älice", PASSWORD);
    let answers = |server: &Server| {
        ["/users", "/users/2", "/users/3", "/api/v1/users"].map(|path| {
            let answer = server.login("älice", PASSWORD).get(path);
            (answer.status, answer.header("etag").to_owned(), answer.body)
        })
    };
    let expected = answers(&before);
    assert_eq!((expected[1].0, expected[1].1.as_str()), (200, "\"2\""));
    let folder = tempfile::tempdir().unwrap();
    let said = succeed(copy(&folder, from, to));
    let rows: Vec<Vec<_>> = said.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!((rows[1][0], rows[2][0], &rows[1][1..]), ("source", "target", &rows[2][1..]));
    assert_eq!(rows[1][1..5], ["4", "3", "10", "5"], "{said}");
    stop(before);
    let after = Server::start_on(to);
    assert_eq!(answers(&after), expected);
    assert_eq!(after.login("carol", PASSWORD).get("/users/4").status, 200);
    assert_eq!(after.login("bob", PASSWORD).get("/users/3").status, 401);
    assert_eq!(after.anonymous().signing(&session).get("/users/2").status, 401);
    assert_eq!(after.user("dave").0, 6);
}

#[test]
fn a_move_to_postgresql_changes_no_answer() {
    let (server, postgres) = (Server::start_on_sqlite(), Postgres::start());
    let from = format!("sqlite://{}", server.folder().path().join("data/rollcall.db").display());
    assert_moved(server, &from, &postgres.url());
    // Without new statistics the database would plan for empty tables.
    let known =
        "SELECT reltuples FROM pg_class WHERE relname IN ('users', 'user_roles') ORDER BY 1";
    assert_eq!(psql(&postgres.url(), known), "3\n4\n");
}

#[test]
fn a_move_to_the_same_backend_changes_no_answer() {
    let (server, folder) = (Server::start(), tempfile::tempdir().unwrap());
    let from = store_url(server.folder());
    assert_moved(server, &from, &store_url(&folder));
}

#[test]
fn a_move_from_postgresql_to_a_file_changes_no_answer() {
    let (postgres, folder) = (Postgres::start(), tempfile::tempdir().unwrap());
    let to = format!("sqlite://{}", folder.path().join("new/folder/file?.db").display());
    let refused = fail(copy(&folder, &postgres.url(), &to));
    assert!(refused.contains("--to (ROLLCALL_COPY_TO) must have no ? "), "{refused}");
    let to = to.replace('?', "% #");
    assert_moved(Server::start_on(&postgres.url()), &postgres.url(), &to);
    // A name with characters that are special in a URI.
    succeed(copy(&folder, &to, FILE));
}

#[test]
fn a_file_that_is_copied_stays_as_it_is() {
    let mut server = Server::start_on_sqlite();
    let file = server.folder().path().join("data/rollcall.db");
    server.user("alice");
    server.process().signal("TERM");
    assert_eq!(server.process().wait().code(), Some(0));
    let before = fs::read(&file).unwrap();
    succeed(copy(server.folder(), FILE, "sqlite://data/copy.db"));
    assert!(fs::read(&file).unwrap() == before);
    let copied = server.folder().path().join("data/copy.db");
    assert_eq!(fs::metadata(copied).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn an_unusable_source_or_target_is_named_in_one_line() {
    let server = Server::start_on_sqlite();
    let (folder, secret) = (server.folder(), "hunter2");
    let unknown = format!("mysql://user:{secret}@host/users");
    let unencoded = format!("postgres://user:9/{secret}@host/users");
    let away = format!("postgres://user:{secret}@127.0.0.1:1/users");
    fs::write(folder.path().join("text.db"), "something else\n".repeat(100)).unwrap();
    for (from, to, expected) in [
        (
            "sqlite://none.db",
            "sqlite://new.db",
            "--from (ROLLCALL_COPY_FROM): there is no store at",
        ),
        (
            "sqlite://text.db",
            "sqlite://new.db",
            "--from (ROLLCALL_COPY_FROM): text.db is not a SQLite database; check the path",
        ),
        (&unknown, "sqlite://new.db", "--from (ROLLCALL_COPY_FROM) must be sqlite:// and"),
        (&unencoded, "sqlite://new.db", "--from (ROLLCALL_COPY_FROM) must have what"),
        (&away, "sqlite://new.db", "--from (ROLLCALL_COPY_FROM): connecting to the database: "),
        (FILE, &unknown, "--to (ROLLCALL_COPY_TO) must be sqlite:// and"),
        (FILE, &away, "--to (ROLLCALL_COPY_TO): connecting to the database: "),
        (FILE, "sqlite:///dev/null/new.db", "--to (ROLLCALL_COPY_TO): creating /dev/null/new.db: "),
    ] {
        let said = fail(copy(folder, from, to));
        assert!(said.contains(expected) && !said.contains(secret), "{said}");
    }
    for missing in ["--from <URL>", "--to <URL>"] {
        assert!(fail(rollcall(folder, &["copy"])).contains(missing));
    }
    assert!(!folder.path().join("none.db").exists() && !folder.path().join("new.db").exists());
}

#[test]
fn a_file_is_not_copied_to_itself() {
    let server = Server::start_on_sqlite();
    let root = server.folder().path();
    let data = root.join("data");
    symlink(data.join("rollcall.db"), root.join("link.db")).unwrap();
    symlink("data", root.join("folder")).unwrap();
    fs::hard_link(data.join("rollcall.db"), root.join("hard.db")).unwrap();
    let absolute = format!("sqlite://{}", data.join("rollcall.db").display());
    for to in [
        FILE,
        "sqlite://./data/rollcall.db",
        "sqlite://data/../data//rollcall.db",
        "sqlite://link.db",
        "sqlite://folder/rollcall.db",
        "sqlite://hard.db",
        &absolute,
    ] {
        for (from, to) in [(FILE, to), (to, FILE)] {
            let said = fail(copy(server.folder(), from, to));
            assert_eq!(said, SAME, "{from} {to}");
        }
    }
    fs::remove_file(root.join("hard.db")).unwrap();
    assert_eq!(server.admin().get("/users").status, 200);
}

#[test]
fn a_postgresql_database_is_not_copied_to_itself() {
    let postgres = Postgres::start();
    let (url, folder) = (postgres.url(), tempfile::tempdir().unwrap());
    psql(&url, "CREATE DATABASE other");
    // Without users, so that only the comparison refuses it.
    drop(open(&url));
    for to in [
        url.clone(),
        url.replace("postgres://", "postgresql://"),
        format!("{url}?application_name=copy&dbname=postgres"),
        url.replace("/postgres", "/other?dbname=postgres"),
    ] {
        assert_eq!(fail(copy(&folder, &url, &to)), SAME, "{to}");
    }
    succeed(copy(&folder, &url, &url.replace("/postgres", "/other")));
}

#[test]
fn a_target_that_has_users_is_refused_and_unchanged() {
    let (from, to) = (Server::start(), Server::start());
    to.user("alice");
    let before = to.admin().get("/users").body;
    let said = fail(copy(to.folder(), &store_url(from.folder()), &store_url(to.folder())));
    assert!(said.contains("--to (ROLLCALL_COPY_TO): the target has users already"), "{said}");
    assert_eq!(to.admin().get("/users").body, before);
}

#[test]
fn help_shows_no_url_that_is_in_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = copy(&folder, "postgres://user:hunter2@a/b", "postgres://user:hunter2@c/d");
    let said = succeed({
        command.arg("--help");
        command
    });
    assert!(said.contains("ROLLCALL_COPY_FROM") && !said.contains("hunter2"), "{said}");
}

fn count(store: &Store) -> usize {
    let mut count = 0;
    let mut each = |_| {
        count += 1;
        ControlFlow::Continue(())
    };
    store.list(UserOrder::Id, None, &mut each).unwrap();
    count
}

/// Kills a copy in the middle of its second page, where `block` lets a statement sleep, and copies
/// again after `unblock`.
fn assert_empty_after_a_kill(from: &str, to: &str, block: impl Fn(), unblock: impl Fn()) {
    let folder = tempfile::tempdir().unwrap();
    drop(open(from));
    psql(from, FILL);
    let store = open(to);
    block();
    let mut process = Process::start(&mut copy(&folder, from, to));
    process.wait_for("copying: 500 of 800 users (62 %)");
    let asleep = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
    until("no statement sleeps", || !psql(from, asleep).is_empty());
    process.signal("KILL");
    assert_eq!(process.wait().code(), None, "{}", process.said());
    assert_eq!(count(&store), 0);
    // PostgreSQL itself would notice the kill only after the sleep.
    psql(
        from,
        "SELECT pg_terminate_backend(pid, 9000) FROM pg_stat_activity WHERE wait_event = 'PgSleep'",
    );
    unblock();
    succeed(copy(&folder, from, to));
    assert_eq!(count(&store), 800);
}

#[test]
fn a_copy_that_is_killed_leaves_the_database_without_users() {
    let postgres = Postgres::start();
    psql(&postgres.url(), "CREATE DATABASE target");
    let to = postgres.url().replace("/postgres", "/target");
    let block = || {
        psql(
            &to,
            "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN IF NEW.id = 700 THEN PERFORM pg_sleep(600); END IF; RETURN NEW; END $$;
             CREATE TRIGGER slow BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION slow()",
        );
    };
    let unblock = || drop(psql(&to, "DROP TRIGGER slow ON users"));
    assert_empty_after_a_kill(&postgres.url(), &to, block, unblock);
}

#[test]
fn a_copy_that_is_killed_leaves_the_file_without_users() {
    let (postgres, folder) = (Postgres::start(), tempfile::tempdir().unwrap());
    let to = format!("sqlite://{}", folder.path().join("users.db").display());
    let block = || {
        psql(
            &postgres.url(),
            // A high cost, so that it is called for no more rows than a page has.
            "CREATE FUNCTION slow(id BIGINT, status TEXT) RETURNS TEXT STABLE COST 10000
             LANGUAGE plpgsql AS
             $$ BEGIN IF id = 700 THEN PERFORM pg_sleep(600); END IF; RETURN status; END $$;
             ALTER TABLE users RENAME TO quick;
             CREATE VIEW users AS SELECT id, version, create_time, name, name_key, name_skeleton,
                 email, email_key, slow(id, status) AS status,
                 password_hash, password_version FROM quick",
        );
    };
    let unblock =
        || drop(psql(&postgres.url(), "DROP VIEW users; ALTER TABLE quick RENAME TO users"));
    assert_empty_after_a_kill(&postgres.url(), &to, block, unblock);
}
