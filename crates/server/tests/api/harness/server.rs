//! A running server.

use std::{
    io::{BufRead, BufReader},
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use rollcall_persistence::{OpenError, Store};
use serde_json::json;
use tempfile::TempDir;

use super::{Client, Disk, PASSWORD, Session, TcpState, database, tcp_table};

/// The name of the first admin.
const ADMIN: &str = "root";
/// The password of the first admin.
pub(crate) const ADMIN_PASSWORD: &str = "a password for tests";

const START_TIMEOUT: Duration = Duration::from_secs(30);

/// A server on a store of its own, gone when dropped.
pub(crate) struct Server {
    process: Process,
    address: String,
    folder: Arc<TempDir>,
    is_on_sqlite: bool,
}

/// The binary with `arguments`, in `folder` and in an environment that only names the database.
pub(crate) fn rollcall(folder: &TempDir, arguments: &[&str]) -> Command {
    let mut command = rollcall_on_sqlite(folder, arguments);
    command.envs(database::environment(folder));
    command
}

/// The binary with `arguments`, in `folder` and in an environment without settings: for tests that
/// require a SQLite file.
pub(crate) fn rollcall_on_sqlite(folder: &TempDir, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rollcall"));
    command.env_clear().current_dir(folder.path()).args(arguments);
    command
}

impl Server {
    /// A server with the first admin as its only user.
    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    /// The same with more arguments.
    pub(crate) fn start_with(arguments: &[&str]) -> Self {
        Self::start_in(Arc::new(tempfile::tempdir().unwrap()), false, arguments)
    }

    /// A server on a SQLite file for every backend, with the first admin as its only user.
    pub(crate) fn start_on_sqlite() -> Self {
        Self::start_on_sqlite_with(&[])
    }

    /// The same with more arguments.
    pub(crate) fn start_on_sqlite_with(arguments: &[&str]) -> Self {
        Self::start_in(Arc::new(tempfile::tempdir().unwrap()), true, arguments)
    }

    /// A server on a SQLite file on this disk, with the first admin as its only user.
    pub(crate) fn start_on_disk(disk: &Disk) -> Self {
        Self::start_on_disk_with(disk, &[])
    }

    /// The same with these arguments.
    pub(crate) fn start_on_disk_with(disk: &Disk, arguments: &[&str]) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let command = disk.rollcall(&["--listen=127.0.0.1:0"]);
        Self::start_by(command, folder, true, arguments)
    }

    /// A server on this database, with the first admin as its only user.
    pub(crate) fn start_on(database_url: &str) -> Self {
        Self::start_on_with(database_url, &[])
    }

    /// The same with these arguments.
    pub(crate) fn start_on_with(database_url: &str, arguments: &[&str]) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        database::assign(&folder, database_url);
        Self::start_in(folder, false, arguments)
    }

    fn start_in(folder: Arc<TempDir>, is_on_sqlite: bool, arguments: &[&str]) -> Self {
        let is_given = arguments.iter().any(|argument| argument.starts_with("--listen"));
        let listen = if is_given { &[][..] } else { &["--listen=127.0.0.1:0"] };
        let command = if is_on_sqlite {
            rollcall_on_sqlite(&folder, listen)
        } else {
            rollcall(&folder, listen)
        };
        Self::start_by(command, folder, is_on_sqlite, arguments)
    }

    fn start_by(
        mut command: Command,
        folder: Arc<TempDir>,
        is_on_sqlite: bool,
        arguments: &[&str],
    ) -> Self {
        if !arguments.iter().any(|argument| argument.starts_with("--bcrypt-cost")) {
            command.arg("--bcrypt-cost=4");
        }
        command.arg(format!("--admin-name={ADMIN}")).args(arguments);
        let process = Process::start(command.env("ROLLCALL_ADMIN_PASSWORD", ADMIN_PASSWORD));
        let line = process.wait_for("listening on http");
        let (_, address) = line.split_once("://").unwrap();
        Self { address: address.to_owned(), process, folder, is_on_sqlite }
    }

    /// The folder that the server runs in.
    pub(crate) fn folder(&self) -> &TempDir {
        &self.folder
    }

    /// The server's store. A busy machine may take longer for a connection than an
    /// operator would wait for one.
    pub(crate) fn store(&self) -> Store {
        let url = database::url(&self.folder).parse().unwrap();
        let mut opened = Store::open_existing(&url);
        for _ in 0..5 {
            match opened {
                Err(OpenError::Connect(_)) => opened = Store::open_existing(&url),
                _ => break,
            }
        }
        opened.unwrap()
    }

    /// The secret that the server derives session tokens from.
    pub(crate) fn session_secret(&self) -> String {
        database::session_secret(&self.folder)
    }

    /// The URL of that store.
    pub(crate) fn store_url(&self) -> String {
        database::url(&self.folder)
    }

    /// Starts another process on the same store.
    pub(crate) fn replica(&self) -> Self {
        self.replica_with(&[])
    }

    /// The same with these arguments.
    pub(crate) fn replica_with(&self, arguments: &[&str]) -> Self {
        Self::start_in(Arc::clone(&self.folder), self.is_on_sqlite, arguments)
    }

    /// `127.0.0.1` and the port.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// The number of open connections, from the system's table: a server hides its own files.
    pub(crate) fn connections(&self) -> usize {
        let (_, port) = self.address.rsplit_once(':').unwrap();
        let port: u16 = port.parse().unwrap();
        let own = tcp_table()
            .into_iter()
            .filter(|end| end.port == port && end.state != TcpState::Listening && end.inode != 0);
        own.count()
    }

    pub(crate) fn process(&mut self) -> &mut Process {
        &mut self.process
    }

    /// Kills the process without warning.
    pub(crate) fn kill(&mut self) {
        self.process.child.kill().unwrap();
        self.process.child.wait().unwrap();
    }

    /// Starts another process on the same store, once this one has ended.
    pub(crate) fn start_again(&mut self, arguments: &[&str]) {
        *self = Self::start_in(Arc::clone(&self.folder), self.is_on_sqlite, arguments);
    }

    /// Kills the process without warning and starts another one on the same store.
    pub(crate) fn kill_and_start_again(&mut self, arguments: &[&str]) {
        self.kill();
        self.start_again(arguments);
    }

    /// A client without credentials.
    pub(crate) fn anonymous(&self) -> Client {
        Client::new(&self.address, None)
    }

    /// The first admin.
    pub(crate) fn admin(&self) -> Client {
        self.login(ADMIN, ADMIN_PASSWORD)
    }

    /// A client that sends these credentials.
    pub(crate) fn login(&self, name: &str, password: &str) -> Client {
        Client::new(&self.address, Some((name, password)))
    }

    /// Logs in for a session and returns it, and a client that signs with it.
    pub(crate) fn session(&self, name: &str, password: &str) -> (Session, Client) {
        let body = json!({"credentials": {"name": name, "password": password}});
        let answer = self.anonymous().post("/tokens", &body);
        assert_eq!(answer.status, 201, "{answer:?}");
        let session = Session::of(&answer.json());
        let client = self.anonymous().signing(&session);
        (session, client)
    }

    /// A session of the first admin.
    pub(crate) fn admin_session(&self) -> (Session, Client) {
        self.session(ADMIN, ADMIN_PASSWORD)
    }

    /// Makes a user with the password [`PASSWORD`] and returns its id and a client for it.
    pub(crate) fn user(&self, name: &str) -> (i64, Client) {
        let info = json!({
            "name": name,
            "email": format!("{name}@example.com"),
            "plaintextPassword": PASSWORD,
        });
        let made = self.anonymous().post("/users", &json!({ "userInfo": info }));
        assert_eq!(made.status, 201, "{made:?}");
        (made.json()["user"]["id"].as_i64().unwrap(), self.login(name, PASSWORD))
    }

    /// Changes a user as the admin. The change must succeed.
    pub(crate) fn change(&self, id: i64, info: &serde_json::Value) {
        let changed = self.admin().patch(&format!("/users/{id}"), &json!({ "userInfo": info }));
        assert_eq!(changed.status, 200, "{changed:?}");
    }
}

/// A started command and its output.
pub(crate) struct Process {
    child: Child,
    said: Arc<Mutex<Vec<String>>>,
    /// The threads that read its outputs.
    listeners: Vec<JoinHandle<()>>,
}

impl Process {
    pub(crate) fn start(command: &mut Command) -> Self {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let said = Arc::default();
        let stdout = collect(child.stdout.take().unwrap(), &said);
        let stderr = collect(child.stderr.take().unwrap(), &said);
        Self { child, said, listeners: vec![stdout, stderr] }
    }

    /// All lines so far, of both outputs.
    pub(crate) fn said(&self) -> String {
        self.said.lock().unwrap().join("\n")
    }

    /// Waits for its end and returns all its output.
    pub(crate) fn all_said(&mut self) -> String {
        for listener in self.listeners.drain(..) {
            listener.join().unwrap();
        }
        self.said()
    }

    /// Waits for a line that holds `text`.
    pub(crate) fn wait_for(&self, text: &str) -> String {
        let deadline = Instant::now() + START_TIMEOUT;
        loop {
            if let Some(line) = self.said.lock().unwrap().iter().find(|line| line.contains(text)) {
                return line.clone();
            }
            assert!(Instant::now() < deadline, "no `{text}` in:\n{}", self.said());
            thread::sleep(Duration::from_millis(5));
        }
    }

    pub(crate) fn stdin(&mut self) -> ChildStdin {
        self.child.stdin.take().unwrap()
    }

    /// The id of the process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal by its name.
    pub(crate) fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    pub(crate) fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn collect(
    output: impl std::io::Read + Send + 'static,
    said: &Arc<Mutex<Vec<String>>>,
) -> JoinHandle<()> {
    let said = Arc::clone(said);
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            said.lock().unwrap().push(line);
        }
    })
}
