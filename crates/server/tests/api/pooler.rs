//! PgBouncer in transaction mode between the processes and PostgreSQL.

use std::{fs, process::Output, thread};

use serde_json::json;
use tempfile::TempDir;

use crate::{
    harness::{PgBouncer, Postgres, Server, rollcall_on_sqlite},
    import::{lines, sql},
};

const SECRET: &str = "a session secret that tests share";

/// The query of a second user of the pooler, on each of its two connections.
const STATE: &str = "SELECT current_setting('statement_timeout'), \
    current_setting('idle_in_transaction_session_timeout'), \
    (SELECT count(*) FROM pg_prepared_statements)";

/// The commands that open a store, and the server.
const COMMANDS: [&[&str]; 6] = [
    &["serve", "--listen=127.0.0.1:0", "--bcrypt-cost=4"],
    &["user", "list"],
    &["export", "-"],
    &["import", "users.ndjson", "--bcrypt-cost=4"],
    &["audit", "verify"],
    &["copy", "--to=sqlite://copied.db"],
];

fn run(folder: &TempDir, url: &str, arguments: &[&str]) -> Output {
    fs::write(folder.path().join("users.ndjson"), lines(1..=1200)).unwrap();
    let mut command = rollcall_on_sqlite(folder, arguments);
    command.env("ROLLCALL_DATABASE_URL", url).env("ROLLCALL_COPY_FROM", url);
    command.env("ROLLCALL_SESSION_SECRET", SECRET).output().unwrap()
}

/// The state of both connections, as the second user sees it.
fn state(pooler: &PgBouncer) -> [String; 2] {
    // Each waits inside its transaction until both have a connection.
    let both = format!("BEGIN; SELECT pg_sleep(0.5); {STATE}; COMMIT");
    let url = pooler.url("other");
    thread::scope(|scope| {
        [(); 2].map(|()| scope.spawn(|| sql(&url, "", &both))).map(|client| client.join().unwrap())
    })
}

#[test]
fn a_pooler_in_transaction_mode_is_refused_unless_set() {
    let postgres = Postgres::start();
    let pooler = PgBouncer::start(&postgres);
    let before = state(&pooler);
    let folder = tempfile::tempdir().unwrap();
    for arguments in COMMANDS {
        let output = run(&folder, &pooler.url("rollcall"), arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), said.lines().count()), (Some(1), 1), "{said}");
        let expected = "is behind a pooler in transaction mode: add --database-pooler transaction";
        assert!(said.contains(expected), "{arguments:?}: {said}");
    }
    assert_eq!(state(&pooler), before);
}

#[test]
fn requests_and_commands_work_behind_a_transaction_pooler() {
    let postgres = Postgres::start();
    let pooler = PgBouncer::start(&postgres);
    let before = state(&pooler);
    let url = pooler.url("rollcall");
    let server = Server::start_on_with(&url, &["--database-pooler=transaction"]);
    thread::scope(|scope| {
        for number in 0..6 {
            let server = &server;
            scope.spawn(move || {
                let (id, user) = server.user(&format!("user-{number}"));
                for round in 0..10 {
                    let info = json!({"email": format!("{number}-{round}@example.com")});
                    server.change(id, &info);
                    assert_eq!(user.get(&format!("/users/{id}")).status, 200);
                    assert_eq!(server.admin().get("/users").status, 200);
                }
            });
        }
    });
    let (_, session) = server.admin_session();
    assert_eq!(session.get("/users/1").status, 200);
    let folder = tempfile::tempdir().unwrap();
    for arguments in &COMMANDS[1..] {
        let arguments = [arguments, &["--database-pooler", "transaction"][..]].concat();
        let output = run(&folder, &url, &arguments);
        assert!(output.status.success(), "{arguments:?}: {output:?}");
    }
    let copied = format!("sqlite://{}", folder.path().join("copied.db").display());
    assert_eq!(sql(&copied, "SELECT count(*) FROM users", ""), "1207\n");
    let back = ["copy", "--database-pooler=transaction", "--to", &url];
    let refused = run(&folder, &copied, &back);
    assert!(String::from_utf8(refused.stderr).unwrap().contains("has users already"));
    assert_eq!(state(&pooler), before);
}

#[test]
fn a_pooler_in_session_mode_needs_no_setting() {
    let postgres = Postgres::start();
    let pooler = PgBouncer::start_in_mode(&postgres, "session");
    let server = Server::start_on_with(&pooler.url("rollcall"), &["--database-connections=1"]);
    server.user("alice");
    let names = sql(&postgres.url(), "", "SELECT name FROM users ORDER BY id");
    assert_eq!(names, "root\nalice\n");
}
