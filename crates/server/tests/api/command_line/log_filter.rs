//! An invalid `RUST_LOG`: the default applies, so that a misspelt filter hides nothing.

use super::refusal;
use crate::harness::{ADMIN_PASSWORD, Process, rollcall_on_sqlite};

const ACCEPTED: &str = "accepted are off, error, warn, info, debug, trace and TARGET=LEVEL, \
                        separated by commas";

/// Invalid filters, and the message about each.
const WRONG: [(&str, &str); 11] = [
    ("wran", "RUST_LOG has 'wran'"),
    ("blah=foo=bar", "RUST_LOG has 'blah=foo=bar'"),
    ("info, rollcall=\u{1b}[31m", "RUST_LOG has 'rollcall=\\u{1b}[31m'"),
    ("rollcall=debug=info,warn", "RUST_LOG has 'rollcall=debug=info'"),
    ("warn,actix_x", "RUST_LOG has 'actix_x'"),
    ("=,,,", "RUST_LOG has '='"),
    (
        "hyper=debug",
        "RUST_LOG names no level, and no target that logs, such as rollcall or actix_web",
    ),
    ("/text", "RUST_LOG has '/'"),
    ("info/text", "RUST_LOG has '/'"),
    ("info/[", "RUST_LOG has '/'"),
    (",,,", "RUST_LOG names no level, and no target that logs, such as rollcall or actix_web"),
];

#[test]
fn a_server_logs_as_by_default_and_warns() {
    for (filter, flaw) in [WRONG[0], WRONG[6]] {
        let folder = tempfile::tempdir().unwrap();
        let mut command = rollcall_on_sqlite(&folder, &["--listen=127.0.0.1:0", "--bcrypt-cost=4"]);
        command.env("RUST_LOG", filter).env("ROLLCALL_ADMIN_PASSWORD", ADMIN_PASSWORD);
        let server = Process::start(&mut command);
        let line = server.wait_for("RUST_LOG");
        assert!(line.contains(" WARN "), "{line}");
        assert!(line.ends_with(&format!("{flaw}; {ACCEPTED}; the default is used")), "{line}");
        server.wait_for(" INFO  rollcall::commands::serve::greeting] listening on http://");
    }
}

#[test]
fn a_command_warns_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let absent = "--database-url (ROLLCALL_DATABASE_URL): there is no store at \
                  sqlite://data/rollcall.db; give the one that the server uses";
    assert_eq!(refusal(&mut rollcall_on_sqlite(&folder, &["user", "list"])), absent);
    for (filter, flaw) in WRONG {
        let mut command = rollcall_on_sqlite(&folder, &["user", "list"]);
        let output = command.env("RUST_LOG", filter).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let (warning, error) = said.split_once('\n').unwrap();
        let expected = format!("{flaw}; {ACCEPTED}; the default is used");
        assert!(warning.ends_with(&expected), "{filter}: {said}");
        assert_eq!(error, format!("error: {absent}\n"), "{filter}");
        let mut openapi = rollcall_on_sqlite(&folder, &["openapi"]);
        let output = openapi.env("RUST_LOG", filter).output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{filter}: {output:?}");
    }
}

#[test]
fn a_filter_that_is_not_text_is_named() {
    use std::{ffi::OsString, os::unix::ffi::OsStringExt};
    let folder = tempfile::tempdir().unwrap();
    let mut command = rollcall_on_sqlite(&folder, &["user", "list"]);
    let output = command.env("RUST_LOG", OsString::from_vec(b"\xff\x1b".to_vec())).output();
    let said = String::from_utf8(output.unwrap().stderr).unwrap();
    let expected = format!("RUST_LOG is not UTF-8 text; {ACCEPTED}; the default is used\n");
    assert!(said.contains(&expected), "{said}");
}
