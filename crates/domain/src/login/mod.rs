//! Checks of passwords: the cache of verified ones, the throttle, the queue, and the threads that
//! hash.

pub(crate) mod cache;
pub(crate) mod check;
pub(crate) mod claim;
pub(crate) mod common_cost;
pub(crate) mod flights;
pub(crate) mod hasher;
pub(crate) mod passwords;
pub(crate) mod proofs;
pub(crate) mod queue;
pub(crate) mod queue_slot;
pub(crate) mod standing;
pub(crate) mod statistics;
pub(crate) mod throttle;
pub(crate) mod verdict;
pub(crate) mod verify;
pub(crate) mod workers;
