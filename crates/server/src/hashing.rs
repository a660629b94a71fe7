//! The threads that hash passwords.

use std::{num::NonZeroUsize, thread};

use rollcall_domain::{
    AttemptLimits, HashCost, HashingPool, PasswordHasher, UserError, UserService,
};
use rustix::{process::setpriority_process, thread::gettid};

use crate::failure::Failure;

/// How much hashing steps back for the threads that serve, as `nice` counts it. Further, and a first
/// login would wait for long on a machine that is busy with other requests.
const NICENESS: i32 = 5;

/// The same of hashing for those who have been guessing: as far as it goes.
const SUSPECT_NICENESS: i32 = 19;

/// A hasher that can use every core.
pub(crate) fn start(cost: HashCost, limits: AttemptLimits) -> Result<PasswordHasher, Failure> {
    let threads = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let pool = HashingPool::start(threads, step_back)
        .map_err(|error| format!("starting threads: {error}"))?;
    Ok(PasswordHasher::new(pool, cost, limits)
        .map_err(|error| format!("no randomness: {error}"))?)
}

/// Has the store keep the cost that new hashes are asked to have, and says so if it has higher
/// ones.
pub(crate) fn raise_store_cost(users: &UserService, asked: HashCost) -> Result<(), UserError> {
    let (asked, common) = (asked.get(), users.common_hash_cost()?.get());
    if common > asked {
        log::warn!(
            "--bcrypt-cost (ROLLCALL_BCRYPT_COST) {asked} has no effect: the store has password \
             hashes of cost {common}, and all are made and checked at that cost"
        );
    }
    Ok(())
}

/// Lowers the priority of the thread that calls it; on Linux that is of this thread alone.
pub(crate) fn step_back(is_suspect: bool) {
    let niceness = if is_suspect { SUSPECT_NICENESS } else { NICENESS };
    // Without it hashing is merely less polite.
    let _ = setpriority_process(Some(gettid()), niceness);
}
