//! `rollcall export`: writing every user.

use std::{fs, os::unix::fs::PermissionsExt, process::Command};

use crate::{
    harness::PASSWORD,
    import::{Place, lines, sql},
};

/// Users with every field in more than one form, and with names that spreadsheets run as formulas.
const USERS: &str = concat!(
    r#"{"name":"Älice","email":"A@example.com","status":"ENABLED","roles":["admin","auditor"],"#,
    r#""createTime":"2017-05-08T17:44:19Z","#,
    r#""passwordHash":"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"}"#,
    "\n",
    r#"{"name":"=cmd|'x'!A1","email":null,"status":"DISABLED","roles":[],"#,
    r#""createTime":"1970-01-01T00:00:00Z","#,
    r#""passwordHash":"$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"}"#,
    "\n",
    r#"{"name":"\"a\",b;c","email":"+a@example.com","status":"ENABLED","roles":["x"],"#,
    r#""createTime":"9999-12-30T22:00:00Z","#,
    r#""passwordHash":"$2b$04$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"}"#,
    "\n",
);

fn mode(place: &Place, name: &str) -> u32 {
    fs::metadata(place.0.path().join(name)).unwrap().permissions().mode() & 0o777
}

/// The files in the folder, without those of the store.
fn files(place: &Place) -> Vec<String> {
    let names = fs::read_dir(place.0.path()).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> =
        names.filter(|name| !["data", "postgres-url"].contains(&&**name)).collect();
    names.sort();
    names
}

#[test]
fn an_imported_export_is_exported_as_the_same_bytes() {
    let text = format!("{USERS}{}", lines(1..=1100));
    let (first, second, third) = (Place::new(), Place::new(), Place::new());
    first.write("users.ndjson", &text);
    first.succeed(&["import", "users.ndjson"]);
    assert_eq!(first.succeed(&["export", "out.jsonl", "--with-hashes"]), "exported 1103 users\n");
    assert_eq!(first.read("out.jsonl"), text);
    first.succeed(&["export", "out.csv", "--with-hashes"]);
    second.write("users.csv", &first.read("out.csv"));
    second.succeed(&["import", "users.csv"]);
    second.succeed(&["export", "again.csv", "--with-hashes"]);
    assert_eq!(second.read("again.csv"), first.read("out.csv"));
    assert_eq!(second.users(), text);
    third.write("users.ndjson", &second.users());
    third.succeed(&["import", "users.ndjson"]);
    assert_eq!(third.users(), text);
}

#[test]
fn a_csv_export_guards_formulas_and_says_so_in_its_header() {
    let place = Place::new();
    place.write("users.ndjson", USERS);
    place.succeed(&["import", "users.ndjson"]);
    // All in quotes, for spreadsheets that split columns at a semicolon.
    let csv = r#""name","email","status","roles","createTime","guarded"
"Älice","A@example.com","ENABLED","admin;auditor","2017-05-08T17:44:19Z",""
"'=cmd|'x'!A1","","DISABLED","","1970-01-01T00:00:00Z",""
"""a"",b;c","'+a@example.com","ENABLED","x","9999-12-30T22:00:00Z",""
"#;
    assert_eq!(place.succeed(&["export", "--format=csv"]), csv);
    let json = place.succeed(&["export", "-"]);
    let second = concat!(
        r#"{"name":"=cmd|'x'!A1","email":null,"status":"DISABLED","roles":[],"#,
        r#""createTime":"1970-01-01T00:00:00Z"}"#
    );
    assert_eq!(json.lines().nth(1), Some(second));
    assert!(!json.contains("$2"));
    place.succeed(&["export", "users.csv", "--with-hashes"]);
    let with_hashes = place.read("users.csv");
    assert!(with_hashes.starts_with("name,email,status,roles,createTime,passwordHash\nÄlice,"));
    assert!(with_hashes.contains("\n=cmd|'x'!A1,,DISABLED,,"), "{with_hashes}");
}

#[test]
fn an_import_removes_guards_if_the_header_has_the_column() {
    let (place, other) = (Place::new(), Place::new());
    let hash = "$2b$04$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
    let names = ["=1+1", "'tis", "''twice", "-dash", "o'neil", "+a@b", "plain"];
    let line = |name: &&str| format!("{{\"name\":\"{name}\",\"passwordHash\":\"{hash}\"}}\n");
    place.write("users.ndjson", &names.iter().map(line).collect::<String>());
    place.succeed(&["import", "users.ndjson"]);
    let guarded = place.succeed(&["export", "--format=csv"]);
    let guarded = guarded.replacen("\"guarded\"", "guarded,passwordHash", 1);
    let (header, rows) = guarded.split_once('\n').unwrap();
    let rows: Vec<_> = rows.lines().map(|row| format!("{row},{hash}\n")).collect();
    other.write("users.csv", &format!("{header}\n{}", rows.concat()));
    other.succeed(&["import", "users.csv"]);
    assert_eq!(other.users(), place.users());
    // Without the column a leading quote is part of the name.
    let unmarked = Place::new();
    unmarked.write("users.csv", &format!("name,passwordHash\n'=1+1,{hash}\n"));
    unmarked.succeed(&["import", "users.csv"]);
    assert!(unmarked.users().starts_with("{\"name\":\"'=1+1\""), "{}", unmarked.users());
    let twice = "line 1: duplicate column guarded";
    unmarked.write("users.csv", &format!("name,guarded,guarded\n{hash}\n"));
    assert!(unmarked.fail(1, &["import", "users.csv"]).contains(twice));
}

#[test]
fn an_export_is_private_and_replaces_only_with_overwrite() {
    let place = Place::new();
    let server = place.server();
    place.succeed(&["export", "users.csv", "--with-hashes"]);
    assert_eq!((mode(&place, "users.csv"), files(&place)), (0o600, vec!["users.csv".to_owned()]));
    server.user("alice");
    let before = place.read("users.csv");
    let said = place.fail(1, &["export", "users.csv", "--with-hashes"]);
    assert!(said.contains("users.csv exists; give another name, or --overwrite"), "{said}");
    assert_eq!(place.read("users.csv"), before);
    fs::set_permissions(place.0.path().join("users.csv"), fs::Permissions::from_mode(0o644))
        .unwrap();
    place.succeed(&["export", "users.csv", "--with-hashes", "--overwrite"]);
    assert!(place.read("users.csv").contains("alice"));
    assert_eq!((mode(&place, "users.csv"), files(&place).len()), (0o600, 1));
    let said = place.fail(1, &["export", "/dev/null", "--format=csv", "--overwrite"]);
    assert!(said.contains("/dev/null is not a regular file; give the path of one"), "{said}");
}

#[test]
fn a_failed_or_killed_export_leaves_the_previous_file() {
    let place = Place::new();
    place.write("users.ndjson", &lines(1..=2000));
    place.succeed(&["import", "users.ndjson"]);
    place.write("out.ndjson", "before");
    // The system kills a process that writes more than the limit of a file.
    let binary = env!("CARGO_BIN_EXE_rollcall");
    let script = format!(
        "ulimit -f 100; exec {binary} export out.ndjson --overwrite --database-url {}",
        place.url()
    );
    let killed =
        Command::new("sh").args(["-c", &script]).current_dir(place.0.path()).output().unwrap();
    assert_eq!(killed.status.code(), None, "{killed:?}");
    assert_eq!(place.read("out.ndjson"), "before");
    let damage = "UPDATE users SET create_time = 9000000000000000000 WHERE id = 1700";
    sql(&place.url(), damage, damage);
    let said = place.fail(1, &["export", "out.ndjson", "--overwrite"]);
    assert!(said.ends_with("the user 1700 has an impossible time\n"), "{said}");
    assert_eq!(place.read("out.ndjson"), "before");
    let left: Vec<_> =
        files(&place).into_iter().filter(|name| !name.starts_with(".rollcall-")).collect();
    assert_eq!(left, ["out.ndjson", "users.ndjson"]);
}

#[test]
fn hashes_are_not_shown_on_a_terminal() {
    let place = Place::new();
    let _server = place.server();
    let export = format!(
        "{} export --with-hashes --database-url {}",
        env!("CARGO_BIN_EXE_rollcall"),
        place.url()
    );
    let mut command = Command::new("script");
    let output = command.args(["-qec", &export, "/dev/null"]).current_dir(place.0.path()).output();
    let said = String::from_utf8(output.unwrap().stdout).unwrap();
    assert!(said.contains("error: password hashes are not shown on a terminal"), "{said}");
    assert!(!said.contains("$2"), "{said}");
}

#[test]
fn an_export_creates_no_missing_store() {
    let place = Place::new();
    let said = place.fail(1, &["export", "users.csv", "--database-url", "sqlite://none.db"]);
    assert!(said.contains("there is no store at sqlite://none.db"), "{said}");
    assert!(place.fail(1, &["export", "users.xml"]).contains("--format is required"));
    assert!(files(&place).is_empty());
}

#[test]
fn a_reader_that_closes_the_pipe_is_no_failure() {
    let place = Place::new();
    place.write("users.ndjson", &lines(1..=2000));
    place.succeed(&["import", "users.ndjson"]);
    let export = format!(
        "set -o pipefail; {} export --database-url {} | head -1",
        env!("CARGO_BIN_EXE_rollcall"),
        place.url()
    );
    let output = Command::new("bash").args(["-c", &export]).output().unwrap();
    assert!(
        output.status.success() && output.stdout.starts_with(b"{\"name\":\"user1\""),
        "{output:?}"
    );
}

#[test]
fn users_log_in_after_an_export_and_an_import() {
    let (place, other) = (Place::new(), Place::new());
    let server = place.server();
    server.user("alice");
    let long = "xy".repeat(100);
    server.change(2, &serde_json::json!({"plaintextPassword": long}));
    server.user("bob");
    other.write("users.ndjson", &place.users());
    other.succeed(&["import", "users.ndjson"]);
    let moved = other.server();
    assert_eq!(moved.admin().get("/users/1").status, 200);
    assert_eq!(moved.login("alice", &long).get("/users/2").status, 200);
    assert_eq!(moved.login("alice", &long[1..]).get("/users/2").status, 401);
    assert_eq!(moved.login("bob", PASSWORD).get("/users/3").status, 200);
}
