//! `rollcall backup` and `rollcall restore`: copies of a SQLite store as a whole.

mod refusals;
mod whole;

use std::{
    fs,
    process::{Command, Output},
};

use tempfile::TempDir;

use crate::{
    harness::{Server, rollcall_on_sqlite},
    import::sql,
};

/// The path of the store in its folder.
const STORE: &str = "data/rollcall.db";

fn run(folder: &TempDir, arguments: &[&str]) -> Output {
    rollcall_on_sqlite(folder, arguments).output().unwrap()
}

fn succeed(folder: &TempDir, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The one line with which a command fails.
fn fail(folder: &TempDir, arguments: &[&str]) -> String {
    let Output { status, stdout, stderr } = run(folder, arguments);
    let said = String::from_utf8(stderr).unwrap();
    assert_eq!((status.code(), stdout.len(), said.lines().count()), (Some(1), 0, 1), "{said}");
    said
}

/// Runs a command that the system kills when it writes more than a few blocks to a file.
fn killed(folder: &TempDir, arguments: &str) {
    let script = format!("ulimit -f 16; exec {} {arguments}", env!("CARGO_BIN_EXE_rollcall"));
    let output = Command::new("sh").args(["-c", &script]).current_dir(folder.path()).output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), None, "{output:?}");
}

fn stop(server: &mut Server) {
    server.process().signal("TERM");
    assert_eq!(server.process().wait().code(), Some(0));
}

fn url(folder: &TempDir, file: &str) -> String {
    format!("sqlite://{}", folder.path().join(file).display())
}

fn query(folder: &TempDir, file: &str, statement: &str) -> String {
    sql(&url(folder, file), statement, "")
}

/// The sorted names in the folder that holds `file`.
fn beside(folder: &TempDir, file: &str) -> Vec<String> {
    let names = fs::read_dir(folder.path().join(file).parent().unwrap()).unwrap();
    let mut names: Vec<_> =
        names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
