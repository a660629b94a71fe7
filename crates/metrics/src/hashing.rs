//! Metrics of password hashing.

use std::fmt;

use rollcall_domain::HashingStatistics;

use crate::families::Families;

pub(crate) fn encode(families: &mut Families<'_>, hashing: &HashingStatistics) -> fmt::Result {
    let times = hashing.times.clone();
    families.times("rollcall_hashing_duration", "Time to hash a password.", [(&[][..], times)])?;
    families.times(
        "rollcall_hashing_wait",
        "Time in the hashing queue.",
        [(&[][..], hashing.waits.clone())],
    )?;
    families.gauge(
        "rollcall_hashing_waiting",
        "Passwords in the hashing queue.",
        hashing.waiting,
    )?;
    families.gauge(
        "rollcall_hashing_queue_capacity",
        "Capacity of the hashing queue.",
        hashing.capacity,
    )?;
    families.gauge("rollcall_hashing_running", "Passwords being hashed.", hashing.running)?;
    families.counter(
        "rollcall_hashing_refused",
        "Passwords rejected because the hashing queue was full.",
        hashing.refused,
    )?;
    families.counter(
        "rollcall_hashing_rounds",
        "Bcrypt rounds: two to the power of the cost, for each hash.",
        hashing.rounds,
    )?;
    families.counter(
        "rollcall_hashes_renewed",
        "Hashes renewed at a higher cost.",
        hashing.renewed,
    )?;
    families.counters(
        "rollcall_password_cache_lookups",
        "Lookups in the password cache, by result.",
        [(&[("result", "hit")][..], hashing.known), (&[("result", "miss")], hashing.unknown)],
    )
}
