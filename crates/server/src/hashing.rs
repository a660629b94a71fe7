//! The threads that hash passwords.

use std::{num::NonZeroUsize, thread};

use rollcall_domain::{
    AttemptLimits, HashCost, HashingPool, PasswordHasher, UserError, UserService,
};
use rustix::{process::setpriority_process, thread::gettid};

use crate::failure::Failure;

/// How much the priority of hashing threads is lowered against serving threads (`nice`). A larger
/// value would make first log-ins slow on a machine that is busy with other requests.
const NICENESS: i32 = 5;

/// The same for clients that are suspect of guessing: the maximum.
const SUSPECT_NICENESS: i32 = 19;

/// Starts a hasher that can use every core.
pub(crate) fn start(cost: HashCost, limits: AttemptLimits) -> Result<PasswordHasher, Failure> {
    let threads = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let pool = HashingPool::start(threads, step_back)
        .map_err(|error| format!("starting threads: {error}"))?;
    Ok(PasswordHasher::new(pool, cost, limits)
        .map_err(|error| format!("no randomness: {error}"))?)
}

/// Logs a warning if the store has hashes of a higher cost than the requested one, which then
/// determines the cost of new ones.
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

/// Lowers the priority of the calling thread. On Linux this affects no other thread.
pub(crate) fn step_back(is_penalised: bool) {
    let niceness = if is_penalised { SUSPECT_NICENESS } else { NICENESS };
    // Without it hashing only slows down other threads more.
    let _ = setpriority_process(Some(gettid()), niceness);
}
