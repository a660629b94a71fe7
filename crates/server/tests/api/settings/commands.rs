//! The error about a wrong value, whichever command has it.

use std::io::Write;

use super::refusal;
use crate::harness::{PASSWORD, Process, rollcall_on_sqlite};

/// Arguments, the wrong part of them, and the accepted values.
const WRONG: [(&[&str], &str, &str); 21] = [
    (
        &["--drain", "-1"],
        "invalid value '-1' for '--drain <SECONDS>': ",
        "must be a whole number of seconds from 0 to 3600",
    ),
    (
        &["serve", "--keep-alive", "-1"],
        "invalid value '-1' for '--keep-alive <SECONDS>': ",
        "must be a whole number of seconds from 1 to 3600",
    ),
    (
        &["--timestamp-max-age", "1e3"],
        "invalid value '1e3' for '--timestamp-max-age <SECONDS>': ",
        "must be a whole number of seconds from 1 to 3600",
    ),
    (
        &["--session-max-age", "1d"],
        "invalid value '1d' for '--session-max-age <SECONDS>': ",
        "must be a whole number of seconds from 1 to 31622400",
    ),
    (
        &["user", "sessions", "root", "--session-max-age", "-5"],
        "invalid value '-5' for '--session-max-age <SECONDS>': ",
        "must be a whole number of seconds from 1 to 31622400",
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
        "must be a whole number from 0 to 60000",
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
        "invalid value 'closed' for '--registration <REGISTRATION>' ",
        "[possible values: open, admin]",
    ),
    (
        &["--forwarded-header=via"],
        "invalid value 'via' for '--forwarded-header <HEADER>' ",
        "[possible values: x-forwarded-for, forwarded]",
    ),
    (
        &["openapi", "--format="],
        "invalid value '' for '--format <FORMAT>' ",
        "[possible values: json, yaml]",
    ),
    (
        &["openapi", "--openapi-version=2.0"],
        "invalid value '2.0' for '--openapi-version <VERSION>' ",
        "[possible values: 3.1, 3.0]",
    ),
    (
        &["serve", "--unknown"],
        "unexpected argument '--unknown' found",
        "; --help lists the accepted ones",
    ),
    (
        &["--trusted-proxies=10.0.0.1,0.0.0.0/0"],
        "invalid value '0.0.0.0/0' for '--trusted-proxies <NETWORKS>': ",
        "must not be all addresses, which lets each client choose its own; where only proxies \
         reach the server, set --trusted-hops",
    ),
    (
        &["--trusted-proxies=::/0"],
        "invalid value '::/0' for '--trusted-proxies <NETWORKS>': ",
        "must not be all addresses, which lets each client choose its own; where only proxies \
         reach the server, set --trusted-hops",
    ),
    (
        &["--cors-origins=*,https://app.example.com"],
        "--cors-origins (ROLLCALL_CORS_ORIGINS) has * beside other origins",
        "; either * alone for all, or origins",
    ),
    (&["surve"], "unrecognized subcommand 'surve'", "; --help lists the accepted ones"),
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
fn files_are_named_without_what_a_terminal_obeys() {
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

#[test]
fn a_filter_of_the_log_that_can_not_be_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let accepted = "accepted are off, error, warn, info, debug, trace and TARGET=LEVEL, separated \
                    by commas";
    for command in [&["serve"][..], &["user", "list"], &["audit", "list"], &["openapi"]] {
        for (filter, part) in [
            ("nonsense=zz", "nonsense=zz"),
            ("info, rollcall=\u{1b}[31m", "rollcall=\\u{1b}[31m"),
            ("rollcall=debug=info,warn", "rollcall=debug=info"),
        ] {
            let mut command = rollcall_on_sqlite(&folder, command);
            let line = refusal(command.env("RUST_LOG", filter));
            assert_eq!(line, format!("RUST_LOG has '{part}'; {accepted}"));
        }
        for filter in ["wran", "bogus", "warn,actix_x", "=,,,"] {
            let mut command = rollcall_on_sqlite(&folder, command);
            let line = refusal(command.env("RUST_LOG", filter));
            assert!(line.starts_with("RUST_LOG has '"), "{filter}: {line}");
        }
        for filter in [",,,", " ", "hyper=debug", "bogus=info,other=warn", "/text"] {
            let mut command = rollcall_on_sqlite(&folder, command);
            let line = refusal(command.env("RUST_LOG", filter));
            let expected = "RUST_LOG names no level, and no target that logs, such as rollcall or ";
            assert_eq!(line, format!("{expected}actix_web; {accepted}"), "{filter}");
        }
    }
}
