//! The number of connections that the open-file limit allows.

use std::{num::NonZeroUsize, thread};

use rollcall_http::CONNECTIONS_IN_RESERVE;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// The default number of connections.
const DEFAULT_CONNECTIONS: usize = 10_000;

/// Open files besides connections: the store, the log, the runtime of each worker.
const OTHERS: usize = 64;
const OTHERS_PER_WORKER: usize = 8;

/// The number of connections: `wanted`, or the default, or fewer if the open-file limit is lower.
/// The process has `other_files` open. Raises its soft limit of open files to the hard limit.
///
/// # Errors
/// When `wanted` exceeds the limit, or the limit allows no connection.
pub(crate) fn connections(
    wanted: Option<NonZeroUsize>,
    other_files: usize,
) -> Result<usize, String> {
    let limit = raise();
    let workers = thread::available_parallelism().map_or(2, usize::from);
    let others = OTHERS + other_files + workers * (OTHERS_PER_WORKER + CONNECTIONS_IN_RESERVE);
    let most = limit.saturating_sub(others);
    match wanted.map(NonZeroUsize::get) {
        Some(wanted) if wanted > most => Err(format!(
            "must be at most {most}, because the open-file limit is {limit}; raise that limit \
             (ulimit -n, LimitNOFILE=)"
        )),
        Some(wanted) => Ok(wanted),
        None if most == 0 => Err(format!(
            "cannot be 1 or more, because the open-file limit is {limit}; raise that limit above \
             {others} (ulimit -n, LimitNOFILE=)"
        )),
        None if most < DEFAULT_CONNECTIONS => {
            log::warn!("at most {most} connections, because the open-file limit is {limit}");
            Ok(most)
        }
        None => Ok(DEFAULT_CONNECTIONS),
    }
}

/// Raises the limit of open files to the maximum, and returns it.
fn raise() -> usize {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let raised = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
    let limit = if raised.is_ok() { maximum } else { current };
    limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX)
}
