//! A PgBouncer in front of a PostgreSQL server.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    os::unix::fs::{MetadataExt, chown},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use super::Postgres;

/// The time limit of a start.
const PATIENCE: Duration = Duration::from_secs(30);

/// A pooler with two connections, which all users share. Ends when dropped.
pub(crate) struct PgBouncer {
    process: Child,
    port: u16,
    _folder: TempDir,
}

impl PgBouncer {
    pub(crate) fn start(postgres: &Postgres) -> Self {
        Self::start_in_mode(postgres, "transaction")
    }

    /// The same in another mode.
    pub(crate) fn start_in_mode(postgres: &Postgres, mode: &str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let folder = tempfile::tempdir().unwrap();
        let settings = folder.path().join("pgbouncer.ini");
        let address = postgres.address();
        let (host, server_port) = address.split_once(':').unwrap();
        // With auth_type any, each client is the user that the line of its database names.
        let text = format!(
            "[databases]\n* = host={host} port={server_port} user=rollcall\n[pgbouncer]\n\
             listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
             auth_type = any\npool_mode = {mode}\ndefault_pool_size = 2\n"
        );
        fs::write(&settings, text).unwrap();
        let mut command = program(postgres, [folder.path(), &settings]);
        command.arg("--quiet").arg(&settings).stdout(Stdio::null()).stderr(Stdio::null());
        let process = command.spawn().expect("Debian's package pgbouncer");
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(started.elapsed() < PATIENCE, "PgBouncer does not start");
            thread::sleep(Duration::from_millis(20));
        }
        Self { process, port, _folder: folder }
    }

    /// The pooler's URL of the database for `user`.
    pub(crate) fn url(&self, user: &str) -> String {
        format!("postgres://{user}@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The program, as the user that the server runs as, who may read these files: it refuses to run as
/// root.
fn program(postgres: &Postgres, files: [&Path; 2]) -> Command {
    const PROGRAM: &str = "/usr/sbin/pgbouncer";
    if fs::metadata("/proc/self").unwrap().uid() != 0 {
        return Command::new(PROGRAM);
    }
    let owner = fs::metadata(postgres.folder()).unwrap().uid();
    for file in files {
        chown(file, Some(owner), None).unwrap();
    }
    let mut command = Command::new("setpriv");
    command.args([&format!("--reuid={owner}"), "--clear-groups", PROGRAM]);
    command
}
