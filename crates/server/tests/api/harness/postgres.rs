//! A PostgreSQL server that a test can stop and start.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    net::TcpListener,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use super::Disk;

/// The time limit of a start.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server with one empty database, gone when dropped.
pub(crate) struct Postgres {
    folder: TempDir,
    port: u16,
    /// The disk with its data, if not in the folder.
    disk: Option<Disk>,
}

impl Postgres {
    pub(crate) fn start() -> Self {
        Self::start_with(|_| "")
    }

    /// Starts a server after `prepare` has put files into its folder and returned settings.
    pub(crate) fn start_with(prepare: impl FnOnce(&Path) -> &'static str) -> Self {
        Self::make(None, prepare)
    }

    /// Starts a server with its data on this disk of at least 80 MB.
    pub(crate) fn start_on(disk: Disk) -> Self {
        Self::make(Some(disk), |_| "")
    }

    fn make(disk: Option<Disk>, prepare: impl FnOnce(&Path) -> &'static str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let postgres = Self { folder: tempfile::tempdir().unwrap(), port, disk };
        postgres.give_to_owner();
        let options = [
            "--username=rollcall",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--wal-segsize=1",
        ];
        // Smaller segments than usual, for a small disk.
        let count = options.len() - usize::from(postgres.disk.is_none());
        postgres.run("initdb", &options[..count]);
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

    /// The folder with all files of the server.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Its host and port.
    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Switches read-only mode, as on a standby. Existing connections change too.
    pub(crate) fn be_read_only(&self, is_read_only: bool) {
        let value = if is_read_only { "on" } else { "off" };
        self.configure(&format!("default_transaction_read_only = {value}\n"));
        self.run("pg_ctl", &["reload"]);
    }

    /// Stops it as a loss of power would: at once and without a checkpoint.
    pub(crate) fn crash(&self) {
        self.run("pg_ctl", &["--mode=immediate", "stop"]);
    }

    /// Kills all its processes at once.
    pub(crate) fn kill(&self) {
        let main = self.main_process().unwrap();
        // Stopped first, so that the main process does not start recovery when its children end.
        self.signal("-STOP");
        let children = ["--signal", "KILL", "--parent", &main];
        let _ = Command::new("pkill").args(children).status();
        assert!(Command::new("kill").args(["-KILL", &main]).status().unwrap().success());
    }

    /// Kills one of its client processes. The others end too, and the server recovers.
    pub(crate) fn kill_one_connection(&self) {
        let pid = "SELECT pid FROM pg_stat_activity WHERE application_name = 'rollcall' \
            ORDER BY random() LIMIT 1";
        let output = Command::new("psql").args([&self.url(), "-qAt", "-c", pid]).output().unwrap();
        let pid = String::from_utf8(output.stdout).unwrap();
        assert!(Command::new("kill").args(["-KILL", pid.trim()]).status().unwrap().success());
    }

    /// Checks all tables and indexes for damage with `pg_amcheck`.
    pub(crate) fn check(&self) {
        let mut command = Command::new(newest_programs().join("pg_amcheck"));
        let options = ["--install-missing", "--heapallindexed", "-h127.0.0.1", "-Urollcall"];
        command.args(options).arg(format!("-p{}", self.port)).arg("postgres");
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }

    /// Makes it hang: it keeps its connections and sends nothing.
    pub(crate) fn pause(&self) {
        self.signal("-STOP");
    }

    /// Ends the hang.
    pub(crate) fn resume(&self) {
        self.signal("-CONT");
    }

    /// Restarts PostgreSQL on the same data, and waits until it accepts connections.
    pub(crate) fn start_again(&self) {
        let log = format!("--log={}", self.folder.path().join("log").display());
        let started = Instant::now();
        // The previous processes may take a moment to end.
        while !self.succeeds("pg_ctl", &["--wait", &log, "start"]) {
            assert!(started.elapsed() < PATIENCE, "PostgreSQL does not start");
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// Sends a signal to all its processes.
    fn signal(&self, signal: &str) {
        let main = self.main_process().unwrap();
        assert!(Command::new("kill").args([signal, &main]).status().unwrap().success());
        // A process may have ended meanwhile.
        let children = ["--signal", &signal[1..], "--parent", &main];
        let _ = Command::new("pkill").args(children).status();
    }

    /// The disk with its data.
    pub(crate) fn disk(&self) -> &Disk {
        self.disk.as_ref().unwrap()
    }

    /// Whether its main process exists, even if it accepts no connections.
    pub(crate) fn is_running(&self) -> bool {
        let process = self.main_process();
        process.is_some_and(|process| Path::new("/proc").join(process).exists())
    }

    fn main_process(&self) -> Option<String> {
        let text = fs::read_to_string(self.data().join("postmaster.pid")).ok()?;
        Some(text.lines().next()?.to_owned())
    }

    /// Gives all files to the user that the server runs as: it refuses to run as root.
    fn give_to_owner(&self) {
        if is_root() {
            let mut command = Command::new("chown");
            command.args(["-R", "postgres"]).arg(self.folder.path());
            command.args(self.disk.as_ref().map(|disk| disk.file(".")));
            assert!(command.status().unwrap().success());
        }
    }

    fn configure(&self, settings: &str) {
        let file = self.data().join("postgresql.conf");
        let mut file = OpenOptions::new().append(true).open(file).unwrap();
        file.write_all(settings.as_bytes()).unwrap();
    }

    /// The path of its data, for this process.
    fn data(&self) -> PathBuf {
        let on_disk = self.disk.as_ref().map(|disk| disk.file("data"));
        on_disk.unwrap_or_else(|| self.folder.path().join("data"))
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        assert!(self.succeeds(program, arguments), "{program} {arguments:?}");
    }

    fn succeeds(&self, program: &str, arguments: &[&str]) -> bool {
        // `env` alone runs the program when nothing else is needed before it.
        let mut command = Command::new("env");
        let mut data = self.folder.path().join("data");
        if let Some(disk) = &self.disk {
            command.arg("nsenter").args(disk.entrance()).arg("--");
            data = disk.path().join("data");
            if disk.is_own_root() {
                let unprivileged = ["--user", "--map-user=1000", "--map-group=1000", "--"];
                command.arg("unshare").args(unprivileged);
            }
        }
        if is_root() {
            command.args(["runuser", "-u", "postgres", "--"]);
        }
        command.arg(newest_programs().join(program));
        command.arg("--pgdata").arg(data).args(arguments).current_dir("/");
        let status =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.unwrap().success()
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

/// The folder of the newest installed PostgreSQL programs on Debian.
fn newest_programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").expect("Debian's package postgresql");
    let versions = versions.map(|entry| entry.unwrap().path());
    versions.max().expect("a version").join("bin")
}
