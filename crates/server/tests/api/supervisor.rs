//! The messages to systemd, or to a supervisor with the same protocol.

use std::{
    ffi::OsString,
    io::ErrorKind,
    os::{
        linux::net::SocketAddrExt,
        unix::net::{SocketAddr, UnixDatagram},
    },
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};
use tempfile::TempDir;

use crate::harness::{ADMIN_PASSWORD, Certificates, Process, Raw, rollcall_on_sqlite};

/// The time limit of every wait.
const PATIENCE: Duration = Duration::from_secs(60);

/// The supervisor's end of the protocol.
struct Supervisor {
    folder: TempDir,
    socket: UnixDatagram,
    /// `NOTIFY_SOCKET`.
    name: OsString,
}

impl Supervisor {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let socket = UnixDatagram::bind(&path).unwrap();
        Self::with(folder, socket, path.into())
    }

    /// With an abstract socket, whose name is that of the folder.
    fn abstract_one() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap().to_owned();
        let address = SocketAddr::from_abstract_name(&path).unwrap();
        let socket = UnixDatagram::bind_addr(&address).unwrap();
        Self::with(folder, socket, format!("@{path}").into())
    }

    fn with(folder: TempDir, socket: UnixDatagram, name: OsString) -> Self {
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        Self { folder, socket, name }
    }

    fn start(&self, arguments: &[&str], watchdog: Option<Duration>) -> Process {
        let arguments = [&["--listen=127.0.0.1:0", "--bcrypt-cost=4"], arguments].concat();
        let mut command = rollcall_on_sqlite(&self.folder, &arguments);
        command.env("ROLLCALL_ADMIN_PASSWORD", ADMIN_PASSWORD);
        command.env("NOTIFY_SOCKET", &self.name);
        command.envs(watchdog.map(|period| ("WATCHDOG_USEC", period.as_micros().to_string())));
        Process::start(&mut command)
    }

    /// Waits for the next message.
    fn next(&self) -> String {
        let mut buffer = [0; 1000];
        let length = self.socket.recv(&mut buffer).unwrap();
        String::from_utf8(buffer[..length].to_vec()).unwrap()
    }

    /// The number of messages that have arrived and were not read.
    fn waiting(&self) -> usize {
        self.socket.set_nonblocking(true).unwrap();
        let mut count = 0;
        let end = loop {
            match self.socket.recv(&mut [0; 1000]) {
                Ok(_) => count += 1,
                Err(error) => break error,
            }
        };
        assert_eq!(end.kind(), ErrorKind::WouldBlock);
        self.socket.set_nonblocking(false).unwrap();
        count
    }
}

#[test]
fn a_server_is_ready_once_it_answers_and_says_when_it_stops() {
    let certificates = Certificates::make();
    let tls = ["--tls-cert=server.crt", "--tls-key=server.key"];
    for arguments in [&[][..], &tls, &["--base-path=/prov"]] {
        let supervisor = Supervisor::new();
        certificates.install(supervisor.folder.path());
        let mut server = supervisor.start(arguments, None);
        assert_eq!(supervisor.next(), "READY=1\n");
        // At once: a connection that is refused fails the test.
        let said = server.wait_for("listening on ");
        let address = said.split_once("listening on ").unwrap().1;
        let address = address.lines().next().unwrap();
        if let Some(address) = address.strip_prefix("http://") {
            let answer = Raw::connect(address).get("/health/live", "");
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        }
        server.signal("TERM");
        assert_eq!(supervisor.next(), "STOPPING=1\n");
        assert!(server.wait().success());
        assert_eq!(supervisor.waiting(), 0, "{}", server.said());
    }
}

#[test]
fn a_supervisor_with_an_abstract_socket_is_notified() {
    let supervisor = Supervisor::abstract_one();
    let mut server = supervisor.start(&[], None);
    assert_eq!(supervisor.next(), "READY=1\n");
    server.signal("TERM");
    assert_eq!(supervisor.next(), "STOPPING=1\n");
    assert!(server.wait().success());
}

#[test]
fn a_supervisor_that_does_not_read_does_not_keep_a_server() {
    let supervisor = Supervisor::new();
    let mut server = supervisor.start(&[], None);
    assert_eq!(supervisor.next(), "READY=1\n");
    let other = UnixDatagram::unbound().unwrap();
    other.connect(supervisor.folder.path().join("notify")).unwrap();
    other.set_nonblocking(true).unwrap();
    while other.send(b"x").is_ok() {}
    server.signal("TERM");
    assert!(server.wait().success());
}

#[test]
fn a_start_that_fails_is_never_ready() {
    let supervisor = Supervisor::new();
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = format!("--listen={}", other.local_addr().unwrap());
    let mut server = supervisor.start(&[&listen], None);
    assert_eq!(server.wait().code(), Some(1));
    assert_eq!(supervisor.waiting(), 0);
}

#[test]
fn the_watchdog_hears_nothing_while_the_server_cannot_answer() {
    let supervisor = Supervisor::new();
    let server = supervisor.start(&[], Some(Duration::from_millis(300)));
    assert_eq!(supervisor.next(), "READY=1\n");
    assert_eq!([supervisor.next(), supervisor.next()], ["WATCHDOG=1\n", "WATCHDOG=1\n"]);
    // Without free descriptors, no connection to the server succeeds.
    let process = Pid::from_raw(i32::try_from(server.id()).unwrap());
    let none = Rlimit { current: Some(0), maximum: getrlimit(Resource::Nofile).maximum };
    let before = prlimit(process, Resource::Nofile, none).unwrap();
    let failures = || server.said().matches("does not answer the server itself").count();
    let wait_for_more = || {
        let (seen, deadline) = (failures(), Instant::now() + PATIENCE);
        while failures() == seen {
            assert!(Instant::now() < deadline, "{}", server.said());
            thread::sleep(Duration::from_millis(5));
        }
    };
    wait_for_more();
    supervisor.waiting();
    (0..3).for_each(|_| wait_for_more());
    assert_eq!(supervisor.waiting(), 0, "{}", server.said());
    prlimit(process, Resource::Nofile, before).unwrap();
    assert_eq!(supervisor.next(), "WATCHDOG=1\n");
}
