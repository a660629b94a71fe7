//! Connections: how long clients may take, how many there may be, and what is said where no request
//! could be read.
//!
//! actix-http itself bounds the head of the first request of a connection alone, waits for ever for
//! a client that does not read, and stops accepting when it has too many connections. [`Stream`]
//! stands between it and the socket and does better.

mod crowd;
mod head;
mod pace;
mod phase;
mod refusal;
mod seat;
mod shares;
mod state;
mod stream;

use std::{num::NonZeroU32, time::Duration};

pub(crate) use crowd::Crowd;
pub(crate) use phase::Answering;
pub(crate) use state::Connection;
pub(crate) use stream::Stream;

/// How many connections beyond the limit each worker holds, for as long as it takes to tell them so,
/// or that it is alive.
pub const CONNECTIONS_IN_RESERVE: usize = 128;

/// What a client may take of the server.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How long the head of a request may take to come; of the first one, with TLS, the handshake
    /// too.
    pub header_timeout: Duration,
    /// How long a body may take to come.
    pub body_timeout: Duration,
    /// How long a connection may rest between two requests.
    pub keep_alive: Duration,
    /// How long an answer waits for a client that reads nothing of it, or less than it must.
    pub send_timeout: Duration,
    /// How many bytes of an answer a client must read in a second.
    pub send_rate: NonZeroU32,
    /// How long an answer may take to be read in any case.
    pub answer_timeout: Duration,
    /// How many connections are served at the same time.
    pub connections: usize,
    /// How many of them by each worker.
    pub connections_per_worker: usize,
}

impl Limits {
    /// How many connections each of `workers` accepts: all that are served, and the reserve.
    pub(crate) fn accepted_by_each(&self, workers: usize) -> usize {
        let share = self.connections.div_ceil(workers.max(1));
        share.min(self.connections_per_worker).saturating_add(CONNECTIONS_IN_RESERVE)
    }
}
