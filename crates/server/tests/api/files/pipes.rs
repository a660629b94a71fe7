//! Settings that name pipes.

use std::{fs, process::Command};

use super::{names_in, shell, stop};
use crate::{
    harness::{ADMIN_PASSWORD, Certificates, PASSWORD, Process, Server, rollcall_on_sqlite},
    import::{Place, lines},
};

/// A session secret that is long enough.
const SECRET: &str = "a session secret of more than 32 bytes";

const START: [&str; 3] = ["--listen=127.0.0.1:0", "--bcrypt-cost=4", "--admin-name=root"];

#[test]
fn a_start_says_which_pipe_it_waits_for() {
    let folder = tempfile::tempdir().unwrap();
    Certificates::make().install(folder.path());
    let text = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    // In the order in which they are read.
    let pipes = [
        ("url", "ROLLCALL_DATABASE_URL_FILE", "sqlite://store.db\n".to_owned()),
        ("secret", "ROLLCALL_SESSION_SECRET_FILE", SECRET.to_owned()),
        ("cert", "--tls-cert", text("server.crt")),
        ("key", "--tls-key", text("server.key")),
        ("password", "ROLLCALL_ADMIN_PASSWORD_FILE", PASSWORD.to_owned()),
    ];
    let mut command = rollcall_on_sqlite(&folder, &START);
    for (file, name, _) in &pipes {
        shell(folder.path(), &format!("mkfifo {file}"));
        match name.strip_prefix("--") {
            Some(_) => command.arg(format!("{name}={file}")),
            None => command.env(name, file),
        };
    }
    let mut server = Process::start(&mut command);
    for (file, name, text) in pipes {
        server.wait_for(&format!("waiting for {name}: no program has written to {file} yet"));
        server.signal("HUP");
        fs::write(folder.path().join(file), text).unwrap();
    }
    server.wait_for("listening on https://");
    // The pipes are not read again, which would keep the server from stopping.
    server.signal("HUP");
    server.wait_for("the certificate was not reloaded: it came from a pipe, which is read once");
    server.signal("TERM");
    assert!(server.wait().success());
    assert!(folder.path().join("store.db").exists());
}

#[test]
fn a_start_that_waits_for_a_pipe_can_be_stopped() {
    for name in ["ROLLCALL_SESSION_SECRET_FILE", "ROLLCALL_ADMIN_PASSWORD_FILE"] {
        let folder = tempfile::tempdir().unwrap();
        shell(folder.path(), "mkfifo pipe");
        let mut server = Process::start(rollcall_on_sqlite(&folder, &START).env(name, "pipe"));
        server.wait_for(&format!("waiting for {name}: no program has written to pipe yet"));
        server.signal("TERM");
        assert!(!server.wait().success());
        // The password is read only for a store without an admin.
        let has_store = name == "ROLLCALL_ADMIN_PASSWORD_FILE";
        assert_eq!(folder.path().join("data").exists(), has_store, "{name}");
    }
}

#[test]
fn files_that_are_too_large_or_no_password_are_refused() {
    const TWO_LINES: &str = "ROLLCALL_ADMIN_PASSWORD_FILE has more than one line; a password is \
                             one line";
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("lines"), "a fine long password\nanother line\n").unwrap();
    for (name, file, expected) in [
        ("ROLLCALL_SESSION_SECRET_FILE", "/dev/zero", "it is larger than 1 MiB"),
        ("ROLLCALL_ADMIN_PASSWORD_FILE", "/dev/zero", "it is larger than 1 MiB"),
        ("ROLLCALL_ADMIN_PASSWORD_FILE", "lines", TWO_LINES),
    ] {
        let output = rollcall_on_sqlite(&folder, &START).env(name, file).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(expected), "{name} {file}: {said}");
    }
}

#[test]
fn a_session_secret_beside_the_store_may_be_a_pipe() {
    let mut server = Server::start_on_sqlite();
    stop(&mut server);
    let data = server.folder().path().join("data");
    shell(&data, "rm rollcall.db-session-secret; mkfifo rollcall.db-session-secret");
    let server = Process::start(&mut rollcall_on_sqlite(server.folder(), &START));
    server.wait_for("waiting for the session secret: no program has written to data/rollcall.db-");
    fs::write(data.join("rollcall.db-session-secret"), SECRET).unwrap();
    server.wait_for("listening on http://");
}

#[test]
fn process_substitution_gives_every_secret() {
    let folder = tempfile::tempdir().unwrap();
    let script = format!(
        "exec env ROLLCALL_DATABASE_URL_FILE=<(echo sqlite://data/rollcall.db) \
         ROLLCALL_SESSION_SECRET_FILE=<(echo '{SECRET}') \
         ROLLCALL_ADMIN_PASSWORD_FILE=<(echo '{ADMIN_PASSWORD}') '{}' {}",
        env!("CARGO_BIN_EXE_rollcall"),
        START.join(" ")
    );
    let mut command = Command::new("bash");
    command.args(["-c", &script]).current_dir(folder.path());
    let mut server = Process::start(&mut command);
    server.wait_for("listening on http://");
    server.signal("TERM");
    assert!(server.wait().success());
    // No secret was made beside the store.
    assert!(!folder.path().join("data/rollcall.db-session-secret").exists());
    assert_eq!(names_in(&folder.path().join("data/rollcall.db")), "root");
}

#[test]
fn an_import_reads_pipes_and_says_which_it_waits_for() {
    let place = Place::new();
    shell(place.0.path(), "mkfifo users.ndjson");
    let mut import = Process::start(&mut place.command(&["import", "users.ndjson"]));
    import.wait_for("waiting for the file to import: no program has written to users.ndjson yet");
    place.write("users.ndjson", &lines(1..=3));
    assert!(import.wait().success());
    assert!(import.all_said().contains("imported 3 users"));
    let piped = ["import", "/dev/stdin", "--format=ndjson"];
    let output = place.feed(&piped, &lines(4..=5));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "imported 2 users\n");
}
