//! Flags without their value, values that are not the flag's, and flags of other programs.

use regex::Regex;

use super::{answer, refusal};
use crate::harness::rollcall_on_sqlite;

const ROOT: &str = "(usage: rollcall [OPTIONS] or rollcall <COMMAND>; more: rollcall --help)";

/// Arguments, and the message about them. `ROOT` at the end stands for the usage of all.
const WRONG: [(&[&str], &str); 27] = [
    (
        &["--listen"],
        "'--listen <HOST:PORT>' requires a value: must be HOST:PORT, such as 127.0.0.1:8080",
    ),
    (
        &["--listen", "--drain", "5"],
        "'--listen <HOST:PORT>' requires a value: must be HOST:PORT, such as 127.0.0.1:8080",
    ),
    (&["--docs"], "'--docs <DOCS>' requires a value: must be on or off"),
    (
        &["--bcrypt-cost"],
        "'--bcrypt-cost <COST>' requires a value: must be a bcrypt cost from 4 to 16",
    ),
    (&["openapi", "--format"], "'--format <FORMAT>' requires a value: must be json or yaml"),
    (
        &["audit", "list", "--format"],
        "'--format <FORMAT>' requires a value: must be text or ndjson",
    ),
    (
        &["audit", "list", "--limit"],
        "'--limit <COUNT>' requires a value: must be a whole number from 1 to 1000",
    ),
    (
        &["user", "list", "--database-url"],
        "'--database-url <URL>' requires a value (database of the users: `sqlite://PATH` or a \
         postgres:// URL)",
    ),
    (
        &["copy", "--from"],
        "'--from <URL>' requires a value (copy from this store: `sqlite://PATH` or a postgres:// \
         URL)",
    ),
    (
        &["user", "add", "alice", "--email"],
        "'--email <EMAIL>' requires a value (email address of the user)",
    ),
    (&["import", ""], "invalid value '' for '<FILE>': must not be empty"),
    (
        &["--insecure-http", "yes"],
        "unexpected argument 'yes'; the value of --insecure-http follows '=': --insecure-http=yes \
         ROOT",
    ),
    (
        &["--drain=5s", "--insecure-http", "no"],
        "unexpected argument 'no'; the value of --insecure-http follows '=': --insecure-http=no \
         ROOT",
    ),
    (
        &["serve", "--insecure-http", "no"],
        "unexpected argument 'no'; the value of --insecure-http follows '=': --insecure-http=no \
         (usage: rollcall serve [OPTIONS]; more: rollcall serve --help)",
    ),
    (
        &["user", "delete", "alice", "--yes", "true"],
        "unexpected argument 'true'; --yes takes no value (usage: rollcall user delete [OPTIONS] \
         <NAME>; more: rollcall user delete --help)",
    ),
    (&["--drain=5s", "srve"], "unknown command 'srve'; did you mean 'serve'? ROOT"),
    (&["--port", "80"], "unexpected argument '--port'; did you mean '--listen'? ROOT"),
    (&["--host=x"], "unexpected argument '--host'; did you mean '--listen'? ROOT"),
    (&["--bind", "x"], "unexpected argument '--bind'; did you mean '--listen'? ROOT"),
    (&["--address", "x"], "unexpected argument '--address'; did you mean '--listen'? ROOT"),
    (&["--db", "x"], "unexpected argument '--db'; did you mean '--database-url'? ROOT"),
    (&["--database", "x"], "unexpected argument '--database'; did you mean '--database-url'? ROOT"),
    (&["--cert", "x"], "unexpected argument '--cert'; did you mean '--tls-cert'? ROOT"),
    (
        &["healthcheck", "--port", "80"],
        "unexpected argument '--port'; did you mean '--listen'? (usage: rollcall healthcheck \
         [OPTIONS]; more: rollcall healthcheck --help)",
    ),
    (
        &["user", "list", "--db=x"],
        "unexpected argument '--db'; did you mean '--database-url'? (usage: rollcall user list \
         [OPTIONS]; more: rollcall user list --help)",
    ),
    (
        &["export", "--force"],
        "unexpected argument '--force'; did you mean '--overwrite'? (usage: rollcall export \
         [OPTIONS] [FILE]; more: rollcall export --help)",
    ),
    (
        &["user", "list", "--port", "80"],
        "unexpected argument '--port' (usage: rollcall user list [OPTIONS]; more: rollcall user \
         list --help)",
    ),
];

#[test]
fn a_flag_and_its_value_are_explained() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, expected) in WRONG {
        let said = refusal(&mut rollcall_on_sqlite(&folder, arguments));
        assert_eq!(said, expected.replace("ROOT", ROOT), "{arguments:?}");
    }
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}

#[test]
fn every_flag_without_its_value_says_what_it_takes() {
    let folder = tempfile::tempdir().unwrap();
    // Descriptions, which name other flags, begin further right.
    let flag = Regex::new(r"(?m)^ {2,8}(?:-\w, )?(--[a-z-]+) (<[A-Z:]+>)").unwrap();
    let mut count = 0;
    for command in [
        &["serve"][..],
        &["openapi"],
        &["user", "add", "alice"],
        &["user", "sessions", "alice"],
        &["user", "key-add", "alice", "a program", "--scope=verify"],
        &["audit", "list"],
        &["audit", "verify"],
        &["copy"],
        &["import", "x.csv"],
        &["export"],
        &["calibrate"],
        &["healthcheck"],
    ] {
        let help = answer(&mut rollcall_on_sqlite(&folder, &[command, &["--help"]].concat()));
        for found in flag.captures_iter(&help) {
            let [flag, value] = [&found[1], &found[2]];
            let said = refusal(&mut rollcall_on_sqlite(&folder, &[command, &[flag]].concat()));
            let reason = said.strip_prefix(&format!("'{flag} {value}' requires a value"));
            let reason = reason.unwrap_or_else(|| panic!("{command:?} {flag}: {said}"));
            let is_reason = reason.starts_with(": must ")
                || reason.starts_with(" (") && reason.ends_with(')') && reason.len() > 10;
            assert!(is_reason, "{command:?} {flag}: {said}");
            count += 1;
        }
    }
    assert!(count > 50, "{count}");
}
