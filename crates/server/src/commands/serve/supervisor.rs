//! Notifies systemd, or a supervisor with the same protocol, that the server is ready, still
//! answers, and stops.

use std::{
    env, io,
    net::SocketAddr,
    os::{
        linux::net::SocketAddrExt,
        unix::{
            ffi::OsStrExt,
            net::{SocketAddr as SocketName, UnixDatagram},
        },
    },
    slice,
    sync::mpsc,
    thread,
    time::Duration,
};

use sd_notify::NotifyState;

use crate::commands::healthcheck;

/// The variable with the path of the supervisor's socket.
const SOCKET: &str = "NOTIFY_SOCKET";

/// The beginning of the name of an abstract socket, which is in no folder.
const ABSTRACT: &[u8] = b"@";

/// The probe that answers without the database: a restart would not bring that back.
const PROBE: &str = "/health/live";

/// The time between two probes until the first answer.
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(100);

/// The longest wait for a supervisor that does not read.
const PATIENCE: Duration = Duration::from_secs(1);

/// The number of probes for each period of the watchdog, so that it outlives a lost one.
const PROBES_A_PERIOD: u32 = 3;

/// Asks the server over the network from now on. The first answer makes it ready, and the watchdog
/// is notified of each later one. Does nothing without a supervisor.
pub(super) fn notify_while_answering(address: SocketAddr, has_tls: bool) -> io::Result<()> {
    if !has_supervisor() {
        return Ok(());
    }
    let answers = move || match healthcheck::ask(address, PROBE, has_tls) {
        Ok(()) => true,
        Err(reason) => {
            log::warn!("{address} does not answer the server itself: {reason}");
            false
        }
    };
    let work = move || {
        while !answers() {
            thread::sleep(BETWEEN_ATTEMPTS);
        }
        notify(&NotifyState::Ready);
        let Some(period) = sd_notify::watchdog_enabled() else { return };
        loop {
            thread::sleep(period / PROBES_A_PERIOD);
            if answers() {
                notify(&NotifyState::Watchdog);
            }
        }
    };
    thread::Builder::new().name("supervisor".to_owned()).spawn(work).map(drop)
}

/// Notifies the supervisor of a stop that has begun. One that reads nothing delays the stop by a
/// second at most.
pub(super) fn notify_of_the_stop() {
    if !has_supervisor() {
        return;
    }
    let (sent, is_sent) = mpsc::channel();
    let work = move || {
        notify(&NotifyState::Stopping);
        let _ = sent.send(());
    };
    if thread::Builder::new().name("supervisor".to_owned()).spawn(work).is_ok() {
        let _ = is_sent.recv_timeout(PATIENCE);
    }
}

fn has_supervisor() -> bool {
    env::var_os(SOCKET).is_some_and(|name| !name.is_empty())
}

fn notify(state: &NotifyState) {
    if let Err(error) = send(state) {
        log::warn!("notifying the supervisor ({state}): {error}");
    }
}

/// Sends a message to the supervisor. `sd_notify` has no abstract sockets.
fn send(state: &NotifyState) -> io::Result<()> {
    let name = env::var_os(SOCKET).unwrap_or_default();
    let Some(name) = name.as_bytes().strip_prefix(ABSTRACT) else {
        return sd_notify::notify(slice::from_ref(state));
    };
    let socket = UnixDatagram::unbound()?;
    socket.connect_addr(&SocketName::from_abstract_name(name)?)?;
    socket.send(format!("{state}\n").as_bytes()).map(drop)
}
