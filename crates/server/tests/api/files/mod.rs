//! Operators' changes to the files of a SQLite store.

mod damaged;
mod elsewhere;
mod lost;
mod moved;
mod names;
mod not_damaged;
mod overwritten;
mod pipes;
mod read_only;
mod stale_log;
mod stopped;

use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command, thread, time::Duration};

use serde_json::json;

use crate::{
    harness::{Client, PASSWORD, Server},
    import::sql,
};

/// Runs a line of shell in a folder.
fn shell(folder: &Path, line: &str) {
    let status = Command::new("sh").args(["-ec", line]).current_dir(folder).status().unwrap();
    assert!(status.success(), "{line}");
}

fn readiness(server: &Server) -> u16 {
    server.anonymous().get("/health/ready").status
}

/// Waits for this readiness.
fn wait_until_ready_is(server: &Server, expected: u16) {
    for _ in 0..3000 {
        if readiness(server) == expected {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("readiness does not become {expected}");
}

/// Makes a user, and returns the status of the answer.
fn make(admin: &Client, name: &str) -> u16 {
    let body = json!({"value": {"password": PASSWORD}});
    admin.put(&format!("/api/v1/users/{name}"), &body).status
}

/// The names of all users, in the order of their ids, as the server lists them.
fn names(admin: &Client) -> String {
    let list = admin.get("/users").json();
    let users = list["userList"]["users"].as_array().unwrap().clone();
    users.iter().map(|user| user["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
}

/// The names of all users in an intact file that no server has open.
fn names_in(file: &Path) -> String {
    let query = "PRAGMA integrity_check; \
        SELECT group_concat(name, ' ') FROM (SELECT name FROM users ORDER BY id)";
    let said = sql(&format!("sqlite://{}", file.display()), query, "");
    said.strip_prefix("ok\n").unwrap_or_else(|| panic!("{said}")).trim_end().to_owned()
}

fn stop(server: &mut Server) {
    server.process().signal("TERM");
    assert_eq!(server.process().wait().code(), Some(0));
}

/// The names of the files in a folder, ordered, each of which only its owner may read and write.
fn private_files(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{name} has the mode {mode:o}");
        names.push(name);
    }
    names.sort();
    names
}
