//! Unusable stores: every command fails with one line and leaves the files unchanged.

use std::{
    fs::{self, Permissions},
    io::{BufRead, BufReader},
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
    process::{Command, Stdio},
};

use tempfile::TempDir;

use crate::{
    harness::{ADMIN_PASSWORD, Disk, PASSWORD, Postgres, rollcall_on_sqlite},
    import::{lines, sql},
};

/// The commands that open a store, and the server.
const COMMANDS: [&[&str]; 5] = [
    &["serve", "--listen=127.0.0.1:0", "--bcrypt-cost=4"],
    &["user", "list"],
    &["export"],
    &["backup", "backup.db"],
    &["import", "users.ndjson", "--bcrypt-cost=4"],
];

/// The commands that only read a store.
const READERS: [&str; 2] = ["export", "backup"];

/// The setting that every line names.
const SETTING: &str = "--database-url (ROLLCALL_DATABASE_URL): ";

/// A folder with a usable store of several pages, `good.db`.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("users.ndjson"), lines(1..=300)).unwrap();
    let mut import = on(&folder, "good.db", &["import", "users.ndjson"]);
    assert!(import.output().unwrap().status.success());
    folder
}

/// The binary, on a file in the folder.
fn on(folder: &TempDir, file: &str, arguments: &[&str]) -> Command {
    let mut command = rollcall_on_sqlite(folder, arguments);
    command.env("ROLLCALL_DATABASE_URL", format!("sqlite://{file}"));
    command.env("ROLLCALL_ADMIN_PASSWORD", ADMIN_PASSWORD);
    command
}

/// The same command without privileges: as the owner of the files, but not as root.
fn unprivileged(command: &Command) -> Command {
    let mut unprivileged = Command::new("setpriv");
    if fs::metadata("/proc/self").unwrap().uid() == 0 {
        unprivileged.args(["--bounding-set=-all", "--inh-caps=-all"]);
    }
    unprivileged.arg("--").arg(command.get_program()).args(command.get_args());
    unprivileged.env_clear().env("PATH", std::env::var("PATH").unwrap());
    unprivileged.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    unprivileged.current_dir(command.get_current_dir().unwrap());
    unprivileged
}

/// The one line with which a command fails, after the name of the setting.
fn line(mut command: Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{command:?}: {said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.starts_with(&format!("error: {SETTING}")), "{said}");
    said.trim_end().split_once(SETTING).unwrap().1.to_owned()
}

/// Every file in a folder with its contents.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut contents = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            contents.extend(self::contents(&path));
        } else {
            contents.push((path.display().to_string(), fs::read(&path).unwrap_or_default()));
        }
    }
    contents.sort();
    contents
}

fn set_mode(folder: &TempDir, file: &str, mode: u32) {
    fs::set_permissions(folder.path().join(file), Permissions::from_mode(mode)).unwrap();
}

#[test]
fn every_command_refuses_other_files_and_leaves_them_as_is() {
    let folder = folder();
    let path = |file: &str| folder.path().join(file);
    let other = |file: &str, statement: &str| {
        sql(&format!("sqlite://{}", path(file).display()), statement, "")
    };
    fs::write(path("text"), "not a database, whatever its name says\n".repeat(100)).unwrap();
    fs::create_dir(path("folder")).unwrap();
    other("accounts.db", "CREATE TABLE accounts (id INTEGER); INSERT INTO accounts VALUES (7)");
    other("users.db", "CREATE TABLE users (id INTEGER, name TEXT)");
    let good = fs::read(path("good.db")).unwrap();
    fs::write(path("truncated.db"), &good[..good.len() / 2]).unwrap();
    fs::write(path("header.db"), &good[..50]).unwrap();
    let mut garbage = good.clone();
    garbage[4096..].fill(0x5a);
    fs::write(path("garbage.db"), &garbage).unwrap();
    fs::write(path("later.db"), &good).unwrap();
    other("later.db", "INSERT INTO __diesel_schema_migrations (version) VALUES ('20990101000000')");
    other("later.db", "PRAGMA journal_mode = DELETE");
    let before = contents(folder.path());
    let malformed = "database disk image is malformed";
    for (file, expected) in [
        ("text", "text is not a SQLite database; check the path"),
        ("text/store.db", "text/store.db"),
        ("folder", "folder: is a directory"),
        ("accounts.db", "the file of another program"),
        ("users.db", "the file of another program"),
        ("truncated.db", malformed),
        ("header.db", malformed),
        ("garbage.db", malformed),
        ("later.db", "has migration 20990101000000, which this release does not know"),
    ] {
        for arguments in COMMANDS {
            let said = line(on(&folder, file, arguments));
            let is_fine = said.contains(expected)
                // Commands that only read do not check which program owns the file.
                || (READERS.contains(&arguments[0]) && said.contains("there is no store"))
                || (file == "text/store.db" && said.contains("there is no store at"));
            assert!(is_fine, "{file}: {arguments:?}: {said}");
        }
        assert!(contents(folder.path()) == before, "{file} has changed");
    }
}

#[test]
fn commands_that_write_refuse_a_store_without_permission() {
    let folder = folder();
    fs::create_dir(folder.path().join("closed")).unwrap();
    fs::copy(folder.path().join("good.db"), folder.path().join("closed/good.db")).unwrap();
    fs::copy(folder.path().join("good.db"), folder.path().join("secret.db")).unwrap();
    set_mode(&folder, "closed", 0o500);
    set_mode(&folder, "good.db", 0o400);
    set_mode(&folder, "secret.db", 0o000);
    for (file, expected) in [
        ("closed/good.db", "opening closed/good.db: the folder closed: Permission denied"),
        ("closed/new.db", "creating closed/new.db: Permission denied"),
        ("closed/new/new.db", "creating closed/new/new.db: Permission denied"),
        ("good.db", "opening good.db: Permission denied"),
        ("secret.db", "opening secret.db: Permission denied"),
    ] {
        for arguments in COMMANDS {
            let command = unprivileged(&on(&folder, file, arguments));
            if READERS.contains(&arguments[0]) && file == "good.db" {
                assert!({ command }.output().unwrap().status.success(), "{arguments:?}");
                let _ = fs::remove_file(folder.path().join("backup.db"));
                continue;
            }
            let said = line(command);
            let is_missing = file.contains("new") && said.contains("there is no store at");
            // SQLite itself reports that it can't create a log.
            let is_reader = READERS.contains(&arguments[0])
                && said.contains("attempt to write a readonly database");
            assert!(
                said.contains(expected) || is_missing || is_reader,
                "{file}: {arguments:?}: {said}"
            );
        }
    }
    // So that the folder can be removed.
    set_mode(&folder, "closed", 0o700);
}

#[test]
fn every_command_refuses_a_store_on_a_read_only_disk() {
    let disk = Disk::of("4m");
    fs::write(disk.file("users.ndjson"), lines(1..=3)).unwrap();
    let import = disk.path().join("users.ndjson").display().to_string();
    let made = disk.rollcall(&["import", &import, "--bcrypt-cost=4"]).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    disk.remount("ro");
    let missing = format!("sqlite://{}/new/store.db", disk.path().display());
    for arguments in COMMANDS {
        let mut arguments = arguments.to_vec();
        let elsewhere = tempfile::tempdir().unwrap();
        let backup = elsewhere.path().join("backup.db").display().to_string();
        for argument in &mut arguments {
            match *argument {
                "backup.db" => *argument = &backup,
                "users.ndjson" => *argument = &import,
                _ => {}
            }
        }
        let said = line(disk.rollcall(&arguments));
        let expected = ["Read-only file system", "unable to open database file"];
        assert!(
            (said.contains("rollcall.db: ") || arguments[0] == "backup")
                && expected.iter().any(|text| said.contains(text)),
            "{said}"
        );
        let mut command = disk.rollcall(&arguments);
        command.env("ROLLCALL_DATABASE_URL", &missing);
        let said = line(command);
        let expected = ["Read-only file system", "there is no store at"];
        assert!(expected.iter().any(|text| said.contains(text)), "{said}");
    }
}

#[test]
fn every_command_gives_up_on_a_locked_store() {
    let folder = folder();
    let script = "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; SELECT 'locked';";
    let mut other = Command::new("sqlite3");
    other.args(["-cmd", script, "good.db"]).current_dir(folder.path());
    let mut other = other.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(other.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap() == "locked"));
    std::thread::scope(|scope| {
        for arguments in COMMANDS {
            let command = on(&folder, "good.db", arguments);
            scope.spawn(|| {
                let said = line(command);
                assert!(said.contains(": database is locked"), "{said}");
            });
        }
    });
    drop(other.stdin.take());
    assert!(other.wait().unwrap().success());
    let list = on(&folder, "good.db", &["user", "list"]).output().unwrap();
    assert_eq!(String::from_utf8(list.stdout).unwrap().lines().count(), 301);
}

#[test]
fn every_command_refuses_another_programs_postgresql_database() {
    let postgres = Postgres::start();
    let folder = folder();
    let tables = || {
        let tables =
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'";
        sql(&postgres.url(), "", tables)
    };
    sql(&postgres.url(), "", "CREATE TABLE users (id integer, name text)");
    for arguments in COMMANDS {
        let mut command = on(&folder, "none.db", arguments);
        command.env("ROLLCALL_DATABASE_URL", postgres.url());
        command.env("ROLLCALL_SESSION_SECRET", format!("{PASSWORD} and some more of it"));
        let said = line(command);
        let expected = ["relation \"users\" already exists", "there is no store", "use pg_dump"];
        assert!(expected.iter().any(|text| said.contains(text)), "{arguments:?}: {said}");
        assert_eq!(tables(), "users\n");
    }
}
