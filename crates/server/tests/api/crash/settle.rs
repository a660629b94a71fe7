//! Work of killed servers that a database still does.

use std::{
    collections::BTreeSet,
    fs, thread,
    time::{Duration, Instant},
};

use super::PATIENCE;
use crate::{harness::Server, import::sql};

/// The state of a connection whose other end has closed it, in the system's table.
const CLOSED_BY_PEER: &str = "08";

/// Waits until the database has finished what killed processes had sent to it. Otherwise a change
/// can be committed after the test has looked for it.
pub(super) fn settle(server: &Server) {
    let url = server.store_url();
    if url.starts_with("sqlite") {
        return;
    }
    let started = Instant::now();
    while is_any_abandoned(&url) {
        assert!(started.elapsed() < PATIENCE, "the database serves killed processes");
        thread::sleep(Duration::from_millis(10));
    }
}

/// Whether the database still serves a connection of which the other end is gone.
fn is_any_abandoned(url: &str) -> bool {
    let of_database = "SELECT client_port FROM pg_stat_activity WHERE datname = current_database()";
    let served = sql(url, "", of_database);
    let abandoned = abandoned_ports();
    served.lines().filter_map(|port| port.parse().ok()).any(|port| abandoned.contains(&port))
}

/// The ports that the gone ends of local connections had.
fn abandoned_ports() -> BTreeSet<u16> {
    let table = fs::read_to_string("/proc/net/tcp").unwrap();
    let abandoned = table.lines().filter_map(|line| {
        let fields: Vec<_> = line.split_whitespace().collect();
        let (_, port) = fields[2].rsplit_once(':')?;
        let port = u16::from_str_radix(port, 16).ok()?;
        (fields[3] == CLOSED_BY_PEER).then_some(port)
    });
    abandoned.collect()
}
