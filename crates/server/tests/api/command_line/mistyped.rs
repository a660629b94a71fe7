//! Mistyped commands, flags and values, and arguments that are missing.

use super::refusal;
use crate::harness::rollcall_on_sqlite;

const ROOT: &str = "(usage: rollcall [OPTIONS] or rollcall <COMMAND>; more: rollcall --help)";

/// Arguments, and the message about them. `ROOT` at the end stands for the usage of all.
const MISTYPED: [(&[&str], &str); 28] = [
    (&["--lisen", "x"], "unexpected argument '--lisen'; did you mean '--listen'? ROOT"),
    (
        &["--databse-url=x"],
        "unexpected argument '--databse-url'; did you mean '--database-url'? ROOT",
    ),
    (&["--colour", "80"], "unexpected argument '--colour' ROOT"),
    (&["--to=x"], "unexpected argument '--to'; rollcall copy accepts it ROOT"),
    (&["serv"], "unknown command 'serv'; did you mean 'serve'? ROOT"),
    (&["usr", "list"], "unknown command 'usr'; did you mean 'user'? ROOT"),
    (
        &["start"],
        "unknown command 'start'; accepted are serve, openapi, user, audit, copy, import, export, \
         backup, restore, calibrate, healthcheck, completions and man-pages ROOT",
    ),
    (
        &["user", "remove", "alice"],
        "unknown command 'remove'; accepted are list, add, passwd, reset, enable, disable, grant, \
         revoke, sessions, logout, keys, key-add, key-end and delete (usage: rollcall user \
         [OPTIONS] <COMMAND>; more: rollcall user --help)",
    ),
    (
        &["user", "lst"],
        "unknown command 'lst'; did you mean 'list'? (usage: rollcall user [OPTIONS] <COMMAND>; \
         more: rollcall user --help)",
    ),
    (
        &["audit", "verfy"],
        "unknown command 'verfy'; did you mean 'verify'? (usage: rollcall audit [OPTIONS] \
         <COMMAND>; more: rollcall audit --help)",
    ),
    (
        &["user", "list", "--listen", "x"],
        "unexpected argument '--listen'; rollcall serve and rollcall healthcheck accept it (usage: \
         rollcall user list [OPTIONS]; more: rollcall user list --help)",
    ),
    (
        &["user", "list", "--databse-url=x"],
        "unexpected argument '--databse-url'; did you mean '--database-url'? (usage: rollcall user \
         list [OPTIONS]; more: rollcall user list --help)",
    ),
    (
        &["user", "list", "--confusible"],
        "unexpected argument '--confusible'; did you mean '--confusable'? (usage: rollcall user \
         list [OPTIONS]; more: rollcall user list --help)",
    ),
    (
        &["export", "a.csv", "b.csv"],
        "unexpected argument 'b.csv' (usage: rollcall export [OPTIONS] [FILE]; more: rollcall \
         export --help)",
    ),
    (
        &["--database-url", "sqlite://x.db", "serve"],
        "--database-url is before the command 'serve'; write rollcall serve --database-url <URL>",
    ),
    (
        &["--database-url=sqlite://x.db", "user", "list"],
        "--database-url is before the command 'user'; write rollcall user --database-url <URL>",
    ),
    (
        &["--bcrypt-cost=5", "--listen=127.0.0.1:0", "import", "x.csv"],
        "--bcrypt-cost is before the command 'import'; write rollcall import --bcrypt-cost <COST>",
    ),
    (
        &["--drain=5s", "user", "list"],
        "--drain is before the command 'user'; rollcall serve accepts it",
    ),
    (
        &["user", "grant", "alice"],
        "<ROLE> is required (usage: rollcall user grant [OPTIONS] <NAME> <ROLE>; more: rollcall \
         user grant --help)",
    ),
    (
        &["user", "revoke", "alice"],
        "<ROLE> is required (usage: rollcall user revoke [OPTIONS] <NAME> <ROLE>; more: rollcall \
         user revoke --help)",
    ),
    (
        &["user", "grant"],
        "<NAME> and <ROLE> are required (usage: rollcall user grant [OPTIONS] <NAME> <ROLE>; more: \
         rollcall user grant --help)",
    ),
    (
        &["backup"],
        "<FILE> is required (usage: rollcall backup [OPTIONS] <FILE>; more: rollcall backup \
         --help)",
    ),
    (
        &["copy"],
        "--from <URL> and --to <URL> are required (usage: rollcall copy [OPTIONS] --from <URL> \
         --to <URL>; more: rollcall copy --help)",
    ),
    (
        &["--registration=opn"],
        "invalid value 'opn' for '--registration <REGISTRATION>': must be open or admin; did you \
         mean 'open'?",
    ),
    (
        &["openapi", "--format=jsn"],
        "invalid value 'jsn' for '--format <FORMAT>': must be json or yaml; did you mean 'json'?",
    ),
    (
        &["--header-timeout=5 s"],
        "invalid value '5 s' for '--header-timeout <DURATION>': must be a whole number of seconds \
         from 1 to 3600, or have a unit, such as 90s, 2m or 1h",
    ),
    (
        &["--drain=2h"],
        "invalid value '2h' for '--drain <DURATION>': must be a whole number of seconds from 0 to \
         3600, or have a unit, such as 90s, 2m or 1h",
    ),
    (
        &["calibrate", "--target-ms=abc"],
        "invalid value 'abc' for '--target-ms <MILLISECONDS>': must be a whole number of \
         milliseconds from 0 to 60000",
    ),
];

#[test]
fn a_mistyped_command_line_gets_a_hint() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, expected) in MISTYPED {
        let said = refusal(&mut rollcall_on_sqlite(&folder, arguments));
        assert_eq!(said, expected.replace("ROOT", ROOT), "{arguments:?}");
    }
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}

#[test]
fn the_usage_does_not_depend_on_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = rollcall_on_sqlite(&folder, &["user", "add"]);
    let said = refusal(command.env("ROLLCALL_BCRYPT_COST", "4").env("ROLLCALL_LISTEN", "x:1"));
    let expected = "<NAME> is required (usage: rollcall user add [OPTIONS] <NAME>; more: rollcall \
                    user add --help)";
    assert_eq!(said, expected);
}

#[test]
fn durations_take_units_by_flag_and_by_variable() {
    let folder = tempfile::tempdir().unwrap();
    for duration in ["5", "5s", "2m", "1h"] {
        let mut command = rollcall_on_sqlite(&folder, &["--header-timeout", duration, "--drain=x"]);
        let said = refusal(command.env("ROLLCALL_KEEP_ALIVE", duration));
        assert!(said.starts_with("invalid value 'x' for '--drain <DURATION>'"), "{said}");
    }
    let mut command = rollcall_on_sqlite(&folder, &["serve"]);
    let said = refusal(command.env("ROLLCALL_KEEP_ALIVE", "5ms"));
    let expected = "invalid value '5ms' in ROLLCALL_KEEP_ALIVE for '--keep-alive <DURATION>': must \
                    be a whole number of seconds from 1 to 3600, or have a unit, such as 90s, 2m \
                    or 1h";
    assert_eq!(said, expected);
}
