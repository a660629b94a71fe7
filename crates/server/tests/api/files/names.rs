//! Paths that SQLite could read as something else.

use std::{fs, process::Command};

use tempfile::TempDir;

use super::private_files;
use crate::{
    harness::{PASSWORD, Process, rollcall_on_sqlite},
    import::lines,
};

/// The binary with arguments on this database.
fn on(folder: &TempDir, url: &str, arguments: &[&str]) -> Command {
    let mut command = rollcall_on_sqlite(folder, arguments);
    command.env("ROLLCALL_DATABASE_URL", url);
    command
}

#[test]
fn a_url_that_is_no_path_is_refused_and_makes_nothing() {
    for (url, expected) in [
        ("sqlite://file:x.db", "must have a path behind sqlite://, without file:"),
        ("sqlite://file:x.db?mode=rwc", "must have a path behind sqlite://, without file:"),
        ("sqlite://FILE:///tmp/x.db", "must have a path behind sqlite://, without file:"),
        ("sqlite://file::memory:?cache=shared", "must have a path behind sqlite://, without file:"),
        ("sqlite://:memory:", "must be sqlite:// and the path of a file"),
        ("sqlite://", "must be sqlite:// and the path of a file"),
        ("sqlite://x.db?mode=memory", "must have no ? behind sqlite://"),
        ("x.db", "must be sqlite:// and the path of a file"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        for arguments in [&["--listen=127.0.0.1:0"][..], &["user", "list"], &["export"]] {
            let output = on(&folder, url, arguments).output().unwrap();
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!((output.status.code(), said.lines().count()), (Some(1), 1), "{said}");
            assert!(said.contains(expected), "{url}: {said}");
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{url}");
        }
    }
}

#[test]
fn any_path_is_the_one_private_file_of_that_name() {
    let names = ["file:x.db", ":memory:", "a#b.db", "a%20b%3Fmode=memory", "ü '\"\\.db", "-x"];
    for name in names {
        let folder = tempfile::tempdir().unwrap();
        // A server with a umask that lets all users read.
        let url = format!("sqlite://./{name}");
        let script = "umask 0; exec \"$0\" --listen=127.0.0.1:0 --bcrypt-cost=4";
        let mut server = Command::new("sh");
        server.args(["-c", script, env!("CARGO_BIN_EXE_rollcall")]).current_dir(folder.path());
        server.env("ROLLCALL_DATABASE_URL", &url).env("ROLLCALL_ADMIN_PASSWORD", PASSWORD);
        let mut server = Process::start(&mut server);
        server.wait_for("listening on http://");
        let beside = ["", "-session-secret", "-shm", "-wal"];
        let expected = beside.map(|ending| format!("{name}{ending}"));
        assert_eq!(private_files(folder.path()), expected);
        let list = on(&folder, &url, &["user", "list"]).output().unwrap();
        assert_eq!(String::from_utf8(list.stdout).unwrap().lines().count(), 2, "{name}");
        server.signal("TERM");
        assert!(server.wait().success());
        let left = ["", "-session-secret"].map(|ending| format!("{name}{ending}"));
        assert_eq!(private_files(folder.path()), left);
    }
}

#[test]
fn every_command_takes_any_name_of_a_file() {
    for name in ["file:backup.db", ":memory:", "a#b.db", "a%20b?mode=memory"] {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("users.ndjson"), lines(1..=3)).unwrap();
        let store = format!("sqlite://./{}", name.replace('?', "%"));
        let to = format!("sqlite://./copy of {}", name.replace('?', "%"));
        for arguments in [
            &["import", "users.ndjson", "--bcrypt-cost=4"][..],
            &["backup", name],
            &["restore", name, "--overwrite"],
            &["export"],
            &["copy", "--from", &store, "--to", &to],
        ] {
            let backup = format!("backup of {name}");
            let arguments: Vec<_> = arguments
                .iter()
                .map(|argument| if *argument == name { backup.as_str() } else { argument })
                .collect();
            let output = on(&folder, &store, &arguments).output().unwrap();
            assert!(output.status.success(), "{name}: {arguments:?}: {output:?}");
        }
        fs::remove_file(folder.path().join("users.ndjson")).unwrap();
        let mut files = private_files(folder.path());
        files.retain(|file| !file.ends_with("-shm") && !file.ends_with("-wal"));
        assert_eq!(files.len(), 3, "{files:?}");
    }
}

#[test]
fn a_path_of_no_regular_file_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let made = Command::new("mkfifo").arg(folder.path().join("pipe")).status().unwrap();
    assert!(made.success());
    for path in ["/dev/null", "pipe", "/dev/full"] {
        let url = format!("--database-url=sqlite://{path}");
        for arguments in [&["user", "list"][..], &["--listen=127.0.0.1:0"], &["export"]] {
            let arguments = [arguments, &[&*url]].concat();
            let output = rollcall_on_sqlite(&folder, &arguments).output().unwrap();
            let said = String::from_utf8(output.stderr).unwrap();
            let expected = "is a device, pipe or socket; a regular file is accepted\n";
            assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
            assert!(said.ends_with(expected), "{arguments:?}: {said}");
        }
    }
}
