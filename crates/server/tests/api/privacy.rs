//! What other users of the machine, and other processes of the same user, can read of a server.

use std::{
    fs::{self, Permissions},
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
    process::{Command, Stdio},
};

use tempfile::TempDir;

use crate::harness::{ADMIN_PASSWORD, Certificates, Process, rollcall_on_sqlite};

/// A user and a group that own no files.
const UNPRIVILEGED: u32 = 65_534;

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// A folder that other users can enter.
fn open_folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    set_mode(folder.path(), 0o755);
    folder
}

/// The warnings of a server with these files.
fn warnings(folder: &TempDir) -> Vec<String> {
    let arguments = ["--listen=127.0.0.1:0", "--bcrypt-cost=4", "--tls-cert=server.crt"];
    let mut command = rollcall_on_sqlite(folder, &arguments);
    command.args(["--tls-key=server.key", "--database-url=sqlite://users.db"]);
    command.env("ROLLCALL_ADMIN_PASSWORD_FILE", "password");
    let mut server = Process::start(&mut command);
    server.wait_for("listening on https://");
    server.signal("TERM");
    server.wait();
    let said = server.all_said();
    let found = said
        .lines()
        .filter_map(|line| line.split_once("other users can read "))
        .map(|parts| parts.1);
    found.map(|text| text.split_once("; run chmod 600 ").unwrap().0.to_owned()).collect()
}

#[test]
fn files_that_others_can_read_are_warned_of_at_the_start() {
    let folder = open_folder();
    Certificates::make().install(folder.path());
    let path = |name: &str| folder.path().join(name);
    fs::write(path("password"), ADMIN_PASSWORD).unwrap();
    let files = ["password", "server.key", "users.db", "users.db-session-secret"];
    for name in &files[..2] {
        set_mode(&path(name), 0o600);
    }
    // The server creates the other files, readable for itself alone.
    assert_eq!(warnings(&folder), [""; 0]);
    for mode in [0o644, 0o604, 0o640] {
        for name in files {
            set_mode(&path(name), mode);
            // SQLite gives the file beside a database the same mode.
            let expected = if name == "users.db" { vec![name, "users.db-wal"] } else { vec![name] };
            assert_eq!(warnings(&folder), expected, "{mode:o}");
            set_mode(&path(name), 0o600);
        }
    }
    for name in files {
        set_mode(&path(name), 0o644);
    }
    let all = ["password", "server.key", "users.db", "users.db-wal", "users.db-session-secret"];
    assert_eq!(warnings(&folder), all);
    // Other users can read nothing in a folder that is closed to them.
    set_mode(folder.path(), 0o700);
    assert_eq!(warnings(&folder), [""; 0]);
}

/// The command as a user without privileges, who owns the folder, with a secret in its environment.
fn unprivileged(folder: &TempDir) -> Command {
    let program = folder.path().join("rollcall");
    fs::copy(env!("CARGO_BIN_EXE_rollcall"), &program).unwrap();
    let is_root = fs::metadata("/proc/self").unwrap().uid() == 0;
    let mut command = Command::new(if is_root { "setpriv" } else { "env" });
    if is_root {
        std::os::unix::fs::chown(folder.path(), Some(UNPRIVILEGED), Some(UNPRIVILEGED)).unwrap();
        command.args(as_unprivileged());
    }
    command.arg(program).current_dir(folder.path()).env_clear();
    command.env("PATH", std::env::var("PATH").unwrap());
    command.env("ROLLCALL_ADMIN_PASSWORD", ADMIN_PASSWORD);
    command.args(["--listen=127.0.0.1:0", "--metrics-listen=127.0.0.1:0", "--bcrypt-cost=4"]);
    command
}

fn as_unprivileged() -> [String; 3] {
    let (user, group) = (format!("--reuid={UNPRIVILEGED}"), format!("--regid={UNPRIVILEGED}"));
    [user, group, "--clear-groups".to_owned()]
}

/// Whether a process of the server's user can read this file of `/proc`.
fn is_readable(server: &Process, name: &str) -> bool {
    let path = format!("/proc/{}/{name}", server.id());
    let is_root = fs::metadata("/proc/self").unwrap().uid() == 0;
    let mut command = Command::new(if is_root { "setpriv" } else { "env" });
    if is_root {
        command.args(as_unprivileged());
    }
    command.args(["head", "--bytes=1", &path]).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().unwrap().success()
}

#[test]
fn processes_of_the_same_user_can_not_read_a_server_s_secrets() {
    let folder = open_folder();
    let server = Process::start(&mut unprivileged(&folder));
    let line = server.wait_for("metrics on http://");
    server.wait_for("listening on http://");
    assert!(is_readable(&server, "stat"));
    for name in ["environ", "maps", "mem", "auxv"] {
        assert!(!is_readable(&server, name), "{name}");
    }
    // The server can still read its own values for the metrics.
    let url = format!("http://{}", line.split_once("http://").unwrap().1);
    let metrics = ureq::get(url).call().unwrap().body_mut().read_to_string().unwrap();
    for name in [
        "process_cpu_seconds_total",
        "process_start_time_seconds",
        "process_resident_memory_bytes",
        "process_virtual_memory_bytes",
        "process_open_fds",
        "process_max_fds",
        "process_threads",
    ] {
        let value = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        assert!(
            value.is_some_and(|value| value.parse::<f64>().unwrap() >= 0.0),
            "{name}: {metrics}"
        );
    }
}
