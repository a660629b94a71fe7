//! The threads that hash passwords.

use std::{num::NonZeroUsize, sync::Arc, thread};

use rollcall_domain::{
    HashCost, HashPasswords, HashingWorkers, PasswordHasher, Throttle, UserError, UserStore,
};
use rustix::{process::setpriority_process, thread::gettid};

use crate::failure::Failure;

/// How much the priority of hashing threads is lowered against serving threads (`nice`). A larger
/// value would make first log-ins slow on a machine that is busy with other requests.
const NICENESS: i32 = 5;

/// The same for clients that probably guess passwords: the maximum.
const SUSPECT_NICENESS: i32 = 19;

/// Starts a hasher that uses all cores.
pub(crate) fn start(cost: HashCost, throttle: Arc<Throttle>) -> Result<PasswordHasher, Failure> {
    let threads = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let pool = HashingWorkers::start(threads, step_back)
        .map_err(|error| format!("starting hashing threads: {error}"))?;
    Ok(PasswordHasher::new(pool, cost, throttle)
        .map_err(|error| format!("generating random bytes: {error}"))?)
}

/// Logs a warning if the store has hashes of a higher cost than the setting. That cost then applies
/// to new hashes.
pub(crate) fn raise_store_cost(
    store: &dyn UserStore,
    hasher: &PasswordHasher,
    asked: HashCost,
) -> Result<(), UserError> {
    let (asked, common) = (asked.get(), hasher.cost().settle(store, None)?.get());
    if common > asked {
        log::warn!(
            "--bcrypt-cost (ROLLCALL_BCRYPT_COST) {asked} has no effect, because the store has \
             hashes of cost {common}; new hashes have that cost too"
        );
    }
    Ok(())
}

/// Lowers the priority of the calling thread. On Linux this affects no other thread.
pub(crate) fn step_back(is_penalised: bool) {
    let niceness = if is_penalised { SUSPECT_NICENESS } else { NICENESS };
    // A failure only makes hashing slow down other threads more.
    let _ = setpriority_process(Some(gettid()), niceness);
}
