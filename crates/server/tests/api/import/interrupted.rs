//! Imports that are killed.

use std::io::Write;

use super::{Place, lines, sql};
use crate::harness::{Process, until};

/// Makes the insertion of the user with this name hang.
fn block(url: &str, name: &str) {
    sql(
        url,
        &format!(
            "CREATE TRIGGER slow BEFORE INSERT ON users WHEN NEW.name = '{name}' BEGIN
             SELECT count(*) FROM (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
             SELECT i FROM n); END"
        ),
        &format!(
            "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN IF NEW.name = '{name}' THEN PERFORM pg_sleep(600); END IF; RETURN NEW; END $$;
             CREATE TRIGGER slow BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION slow()"
        ),
    );
}

/// Reverts `block`, and ends the hanging statement on PostgreSQL.
fn unblock(url: &str) {
    let end = "SELECT pg_terminate_backend(pid, 9000) FROM pg_stat_activity
        WHERE wait_event = 'PgSleep' AND datname = current_database()";
    sql(url, "", end);
    sql(url, "DROP TRIGGER slow", "DROP TRIGGER slow ON users");
}

#[test]
fn a_killed_import_changes_nothing_and_can_be_repeated() {
    let place = Place::new();
    place.write("before.ndjson", &lines(1..=3));
    place.write("users.ndjson", &lines(1..=2000));
    place.succeed(&["import", "before.ndjson"]);
    block(&place.url(), "user1700");
    let mut process = Process::start(&mut place.command(&["import", "users.ndjson"]));
    process.wait_for("adding: 500 users (25 %)");
    if place.url().starts_with("postgres") {
        let asleep = "SELECT pid FROM pg_stat_activity
            WHERE wait_event = 'PgSleep' AND datname = current_database()";
        until("no statement sleeps", || !sql(&place.url(), "", asleep).is_empty());
    }
    process.signal("KILL");
    assert_eq!(process.wait().code(), None, "{}", process.said());
    assert_eq!(place.users(), lines(1..=3));
    unblock(&place.url());
    let said = place.succeed(&["import", "users.ndjson"]);
    assert_eq!(said, "imported 1997 users, 3 unchanged\n");
    assert_eq!(place.users(), lines(1..=2000));
}

#[test]
fn a_killed_import_with_skip_errors_can_be_continued() {
    let place = Place::new();
    let arguments = ["import", "-", "--format=ndjson", "--skip-errors"];
    let mut process = Process::start(&mut place.command(&arguments));
    let mut stdin = process.stdin();
    // The second batch is incomplete, so its import has not begun.
    stdin.write_all(lines(1..=9000).as_bytes()).unwrap();
    stdin.flush().unwrap();
    process.wait_for("importing: 5000 users");
    process.signal("KILL");
    assert_eq!(process.wait().code(), None, "{}", process.said());
    assert_eq!(place.users(), lines(1..=5000));
    let output = place.feed(&arguments, &lines(1..=9000));
    assert_eq!(output.stdout, b"imported 4000 users, 5000 unchanged\n", "{output:?}");
    assert_eq!(place.users(), lines(1..=9000));
}

#[test]
fn others_write_while_a_file_is_checked_and_hashed() {
    let place = Place::new();
    let server = place.server();
    let mut process = Process::start(&mut place.command(&["import", "-", "--format=ndjson"]));
    let mut stdin = process.stdin();
    stdin.write_all(lines(1..=9000).as_bytes()).unwrap();
    stdin.flush().unwrap();
    process.wait_for("checking: 5000 users");
    assert_eq!(server.user("user700").0, 2);
    drop(stdin);
    assert_eq!(process.wait().code(), Some(1));
    process.wait_for("line 700: the name is taken by a user with another createTime, password");
    assert_eq!(place.users().lines().count(), 2);
}
