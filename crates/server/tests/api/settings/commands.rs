//! The error about an invalid value, for every command.

use std::io::Write;

use super::refusal;
use crate::harness::{PASSWORD, Process, rollcall_on_sqlite};

/// Arguments, the wrong part of them, and the accepted values.
const WRONG: [(&[&str], &str, &str); 19] = [
    (
        &["--drain", "-1"],
        "invalid value '-1' for '--drain <DURATION>': ",
        "must be a whole number of seconds from 0 to 3600, or have a unit, such as 90s, 2m or 1h",
    ),
    (
        &["serve", "--keep-alive", "-1"],
        "invalid value '-1' for '--keep-alive <DURATION>': ",
        "must be a whole number of seconds from 1 to 3600, or have a unit, such as 90s, 2m or 1h",
    ),
    (
        &["--timestamp-max-age", "1e3"],
        "invalid value '1e3' for '--timestamp-max-age <DURATION>': ",
        "must be a whole number of seconds from 1 to 3600, or have a unit, such as 90s, 2m or 1h",
    ),
    (
        &["--session-max-age", "1w"],
        "invalid value '1w' for '--session-max-age <DURATION>': ",
        "must be a whole number of seconds from 1 to 31622400, or have a unit, such as 90s, 2m or \
         1h",
    ),
    (
        &["user", "sessions", "root", "--session-max-age", "-5"],
        "invalid value '-5' for '--session-max-age <DURATION>': ",
        "must be a whole number of seconds from 1 to 31622400, or have a unit, such as 90s, 2m or \
         1h",
    ),
    (
        &["--database-connections", "-1"],
        "invalid value '-1' for '--database-connections <COUNT>': ",
        "must be a whole number from 1 to 4294967295",
    ),
    (
        &["--changes-per-user=many"],
        "invalid value 'many' for '--changes-per-user <COUNT>': ",
        "must be a whole number from 0 to 4294967295",
    ),
    (
        &["--max-connections=0x10"],
        "invalid value '0x10' for '--max-connections <COUNT>': ",
        "must be a whole number from 1 to 18446744073709551615",
    ),
    (
        &["calibrate", "--target-ms", "60001"],
        "invalid value '60001' for '--target-ms <MILLISECONDS>': ",
        "must be a whole number of milliseconds from 0 to 60000",
    ),
    (
        &["audit", "list", "--limit", "-1"],
        "invalid value '-1' for '--limit <COUNT>': ",
        "must be a whole number from 1 to 1000",
    ),
    (
        &["audit", "list", "--user-id", "alice"],
        "invalid value 'alice' for '--user-id <ID>': ",
        "must be a whole number from 1 to 9007199254740991",
    ),
    (
        &["--insecure-http=x"],
        "invalid value 'x' for '--insecure-http[=<BOOL>]': ",
        "must be true or false",
    ),
    (
        &["--registration=closed"],
        "invalid value 'closed' for '--registration <REGISTRATION>': ",
        "must be open or admin",
    ),
    (
        &["--forwarded-header=via"],
        "invalid value 'via' for '--forwarded-header <HEADER>': ",
        "must be x-forwarded-for or forwarded",
    ),
    (
        &["openapi", "--format="],
        "invalid value '' for '--format <FORMAT>': ",
        "must be json or yaml",
    ),
    (
        &["openapi", "--openapi-version=2.0"],
        "invalid value '2.0' for '--openapi-version <VERSION>': ",
        "must be 3.1 or 3.0; did you mean '3.0'?",
    ),
    (
        &["--trusted-proxies=10.0.0.1,0.0.0.0/0"],
        "invalid value '0.0.0.0/0' for '--trusted-proxies <NETWORKS>': ",
        "must not be all addresses, since clients could forge theirs; if only proxies reach the \
         server, set --trusted-hops",
    ),
    (
        &["--trusted-proxies=::/0"],
        "invalid value '::/0' for '--trusted-proxies <NETWORKS>': ",
        "must not be all addresses, since clients could forge theirs; if only proxies reach the \
         server, set --trusted-hops",
    ),
    (
        &["--cors-origins=*,https://app.example.com"],
        "--cors-origins (ROLLCALL_CORS_ORIGINS) combines * with other origins",
        "; use * alone, or only origins",
    ),
];

#[test]
fn an_error_lists_the_accepted_values() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, wrong, accepted) in WRONG {
        let line = refusal(&mut rollcall_on_sqlite(&folder, arguments));
        assert_eq!(line, format!("{wrong}{accepted}"), "{arguments:?}");
    }
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}

#[test]
fn a_mark_of_the_audit_log_that_is_empty_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["audit", "verify", "--contains="];
    let line = refusal(&mut rollcall_on_sqlite(&folder, &arguments));
    assert!(line.starts_with("invalid value '' for '--contains <NUMBER:HASH>': must be"), "{line}");
}

#[test]
fn files_are_named_without_terminal_controls() {
    let folder = tempfile::tempdir().unwrap();
    let file = "absent\u{1b}]0;title\u{7}\u{202e}/file.csv";
    let shown = "absent\\u{1b}]0;title\\u{7}\\u{202e}/file.csv";
    let mut add = rollcall_on_sqlite(&folder, &["user", "add", "alice", "--bcrypt-cost=4"]);
    let mut add = Process::start(&mut add);
    writeln!(add.stdin(), "{PASSWORD}").unwrap();
    assert!(add.wait().success());
    for arguments in [
        &["import", file][..],
        &["export", file],
        &["backup", file],
        &["restore", file],
        &["user", "list", "--database-url", &format!("sqlite://{file}")],
        &["--tls-cert", file, "--tls-key", file],
        &["--listen", file],
    ] {
        let line = refusal(&mut rollcall_on_sqlite(&folder, arguments));
        assert!(line.contains(shown), "{arguments:?}: {line}");
    }
}
