//! Work of killed servers that a database still does.

use std::{
    thread,
    time::{Duration, Instant},
};

use super::PATIENCE;
use crate::{
    harness::{Server, TcpState, tcp_table},
    import::sql,
};

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
    let served: Vec<u16> = served.lines().filter_map(|port| port.parse().ok()).collect();
    let mut ends = tcp_table().into_iter();
    ends.any(|end| end.state == TcpState::ClosedByPeer && served.contains(&end.peer_port))
}
