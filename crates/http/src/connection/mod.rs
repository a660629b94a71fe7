//! What all workers know of connections: what each of them is at, and how many there may be.

pub(crate) mod limiter;
pub(crate) mod limits;
pub(crate) mod phase;
pub(crate) mod seat;
mod shares;
pub(crate) mod state;
