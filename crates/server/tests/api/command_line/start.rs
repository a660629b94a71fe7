//! The log of a start: the store, the first admin, the addresses and Swagger UI.

use std::process::Command;

use tempfile::TempDir;

use crate::harness::{ADMIN_PASSWORD, Postgres, Process, rollcall_on_sqlite};

/// The log of a server until it listens, without times and ports.
fn said(command: &mut Command, last: &str) -> Vec<String> {
    let mut server = Process::start(command);
    server.wait_for(last);
    let said = server.said();
    server.signal("TERM");
    assert!(server.wait().success());
    let lines = said.lines().filter_map(|line| line.split_once("] ").map(|(_, text)| text));
    lines
        .map(|line| match line.rsplit_once("127.0.0.1:") {
            Some((start, end)) => format!("{start}{}", end.trim_start_matches(char::is_numeric)),
            None => line.to_owned(),
        })
        .collect()
}

fn serve(folder: &TempDir, arguments: &[&str]) -> Command {
    let arguments = [&["--listen=127.0.0.1:0", "--bcrypt-cost=4"], arguments].concat();
    rollcall_on_sqlite(folder, &arguments)
}

#[test]
fn a_start_says_which_store_is_served_and_where() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().canonicalize().unwrap().join("data/rollcall.db");
    let store = |users: &str| format!("store: {} ({users})", path.display());
    let mut first = serve(&folder, &[]);
    first.env("ROLLCALL_ADMIN_PASSWORD", ADMIN_PASSWORD);
    let expected = [
        "created the first admin, admin; to change the password, run `rollcall user passwd admin`"
            .to_owned(),
        store("1 user"),
        "listening on http://".to_owned(),
        "Swagger UI: http:///".to_owned(),
        "console: http:///console/".to_owned(),
    ];
    assert_eq!(said(&mut first, "console: "), expected);
    let expected = [
        "ROLLCALL_ADMIN_PASSWORD is ignored, because the store has an admin; to change a password, \
         run `rollcall user passwd NAME`"
            .to_owned(),
        store("1 user"),
        "listening on http://".to_owned(),
        "Swagger UI: http:///prov/".to_owned(),
        "console: http:///prov/console/".to_owned(),
    ];
    let mut second = serve(&folder, &["--base-path=/prov"]);
    second.env("ROLLCALL_ADMIN_PASSWORD", "another fine password");
    assert_eq!(said(&mut second, "console: "), expected);
    let expected = [
        "admin is the only user; to set a password, run `rollcall user passwd admin`".to_owned(),
        store("1 user"),
        "listening on http://".to_owned(),
    ];
    let mut third = serve(&folder, &["--docs=off", "--console=off"]);
    assert_eq!(said(&mut third, "listening on"), expected);
}

#[test]
fn swagger_ui_is_named_where_it_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--docs-listen=127.0.0.2:0", "--listen=[::]:0", "--insecure-http"];
    let arguments = [&["--bcrypt-cost=4"], &arguments[..]].concat();
    let mut command = rollcall_on_sqlite(&folder, &arguments);
    let server = Process::start(command.env("ROLLCALL_ADMIN_PASSWORD", ADMIN_PASSWORD));
    let line = server.wait_for("Swagger UI: ");
    assert!(line.contains("Swagger UI: http://127.0.0.2:"), "{line}");
    assert_eq!(server.said().matches("Swagger UI").count(), 1, "{}", server.said());
    drop(server);
    let mut command = rollcall_on_sqlite(&folder, &["--listen=0.0.0.0:0", "--insecure-http"]);
    let server = Process::start(&mut command);
    server.wait_for("listening on http://0.0.0.0:");
    server.wait_for("Swagger UI: http://127.0.0.1:");
}

#[test]
fn a_postgresql_database_is_named_without_its_password() {
    let postgres = Postgres::start();
    let folder = tempfile::tempdir().unwrap();
    let url = postgres.url().replace("rollcall@", "rollcall:hunter2@");
    let mut command = serve(&folder, &[]);
    command.env("ROLLCALL_DATABASE_URL", &url).env("ROLLCALL_ADMIN_PASSWORD", ADMIN_PASSWORD);
    command.env("ROLLCALL_SESSION_SECRET", "a session secret that tests share");
    let server = Process::start(&mut command);
    let line = server.wait_for("store: ");
    let host = url.split_once('@').unwrap().1.split('/').next().unwrap();
    let expected = format!("store: PostgreSQL database postgres on {host} (1 user)");
    assert!(line.ends_with(&expected), "{line}");
    server.wait_for("listening on");
    assert!(!server.said().contains("hunter2"), "{}", server.said());
}
