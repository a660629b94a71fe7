//! A PostgreSQL server that a test can stop and start.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    net::TcpListener,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

/// A server with one empty database, gone when dropped.
pub(crate) struct Postgres {
    folder: TempDir,
    port: u16,
}

impl Postgres {
    pub(crate) fn start() -> Self {
        Self::start_with(|_| "")
    }

    /// Starts one that `prepare` has put files into the folder of, and returned settings for.
    pub(crate) fn start_with(prepare: impl FnOnce(&Path) -> &'static str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let postgres = Self { folder: tempfile::tempdir().unwrap(), port };
        postgres.give_to_owner();
        let options = ["--username=rollcall", "--auth=trust", "--encoding=UTF8", "--locale=C"];
        postgres.run("initdb", &options);
        let settings = format!(
            "port = {port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\n{}",
            prepare(&postgres.data())
        );
        postgres.configure(&settings);
        postgres.give_to_owner();
        postgres.start_again();
        postgres
    }

    /// The URL of the database.
    pub(crate) fn url(&self) -> String {
        format!("postgres://rollcall@{}/postgres", self.address())
    }

    /// Its host and port.
    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Whether it takes reads only from now on, as a standby does, on connections that are there too.
    pub(crate) fn be_read_only(&self, is_read_only: bool) {
        let value = if is_read_only { "on" } else { "off" };
        self.configure(&format!("default_transaction_read_only = {value}\n"));
        self.run("pg_ctl", &["reload"]);
    }

    /// Stops it as a loss of power would: without a checkpoint, in the middle of what it does.
    pub(crate) fn crash(&self) {
        self.run("pg_ctl", &["--mode=immediate", "stop"]);
    }

    /// Has it hang: it keeps its connections and says nothing.
    pub(crate) fn pause(&self) {
        self.signal("-STOP");
    }

    /// Has it go on.
    pub(crate) fn resume(&self) {
        self.signal("-CONT");
    }

    /// Starts it on the data that it had, and waits until it is there.
    pub(crate) fn start_again(&self) {
        let log = format!("--log={}", self.folder.path().join("log").display());
        self.run("pg_ctl", &["--wait", &log, "start"]);
    }

    /// Sends a signal to all its processes.
    fn signal(&self, signal: &str) {
        let main = self.main_process().unwrap();
        assert!(Command::new("kill").args([signal, &main]).status().unwrap().success());
        // One that has ended meanwhile needs none.
        let children = ["--signal", &signal[1..], "--parent", &main];
        let _ = Command::new("pkill").args(children).status();
    }

    fn main_process(&self) -> Option<String> {
        let text = fs::read_to_string(self.data().join("postmaster.pid")).ok()?;
        Some(text.lines().next()?.to_owned())
    }

    /// Lets the user have all files that the server runs as: it refuses to run as root.
    fn give_to_owner(&self) {
        if is_root() {
            let mut command = Command::new("chown");
            let status = command.args(["-R", "postgres"]).arg(self.folder.path()).status();
            assert!(status.unwrap().success());
        }
    }

    fn configure(&self, settings: &str) {
        let file = self.data().join("postgresql.conf");
        let mut file = OpenOptions::new().append(true).open(file).unwrap();
        file.write_all(settings.as_bytes()).unwrap();
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let path = newest_programs().join(program);
        let mut command = Command::new(if is_root() { "runuser".into() } else { path.clone() });
        if is_root() {
            command.args(["-u", "postgres", "--"]).arg(path);
        }
        command.arg("--pgdata").arg(self.data()).args(arguments).current_dir("/");
        let status =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        assert!(status.unwrap().success(), "{program} {arguments:?}");
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Not `run`: a test that has failed must not fail again here.
        if let Some(process) = self.main_process() {
            let _ = Command::new("kill").args(["-QUIT", &process]).status();
            let _ = Command::new("kill").args(["-CONT", &process]).status();
        }
    }
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// Where Debian keeps the programs of the newest version that is installed.
fn newest_programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").expect("Debian's package postgresql");
    let versions = versions.map(|entry| entry.unwrap().path());
    versions.max().expect("a version").join("bin")
}
