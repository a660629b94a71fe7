//! The limits on connections and their clients.

use std::{num::NonZeroU32, time::Duration};

/// How many connections above the limit each worker accepts, only to answer them with 503 or to
/// serve health probes.
pub const CONNECTIONS_IN_RESERVE: usize = 128;

/// How long a connection is read from on which an answer came before the whole request was there: a
/// client that is still sending might else miss the answer.
pub(crate) const LINGER: Duration = Duration::from_secs(1);

/// The limits on connections and their clients.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The time for the head of a request to arrive; for the first one with TLS, including the
    /// handshake.
    pub header_timeout: Duration,
    /// The time for a body to arrive.
    pub body_timeout: Duration,
    /// How long a connection may be idle between two requests.
    pub keep_alive: Duration,
    /// How long a response waits for a client that reads none of it, or reads too slowly.
    pub send_timeout: Duration,
    /// The minimum rate at which a client must read a response, in bytes per second.
    pub send_rate: NonZeroU32,
    /// The time for a whole response to be read.
    pub answer_timeout: Duration,
    /// The maximum of connections served at the same time.
    pub connections: usize,
    /// The maximum of them for each worker.
    pub connections_per_worker: usize,
}

impl Limits {
    /// How many connections each of `workers` accepts: its share of the limit, and the reserve.
    pub(crate) fn accepted_by_each(&self, workers: usize) -> usize {
        let share = self.connections.div_ceil(workers.max(1));
        share.min(self.connections_per_worker).saturating_add(CONNECTIONS_IN_RESERVE)
    }
}
