//! The hashing of passwords.

use std::fmt;

use rollcall_domain::HashingStatistics;

use crate::families::Families;

pub(crate) fn encode(families: &mut Families<'_>, hashing: &HashingStatistics) -> fmt::Result {
    let times = hashing.times.clone();
    families.times(
        "rollcall_hashing_duration",
        "Time that hashing a password took.",
        [(&[][..], times)],
    )?;
    families.times(
        "rollcall_hashing_wait",
        "Time that a password waited to be hashed.",
        [(&[][..], hashing.waits.clone())],
    )?;
    families.gauge(
        "rollcall_hashing_waiting",
        "Passwords that wait to be hashed.",
        hashing.waiting,
    )?;
    families.gauge(
        "rollcall_hashing_queue_capacity",
        "Passwords that may wait to be hashed before others are refused.",
        hashing.capacity,
    )?;
    families.gauge(
        "rollcall_hashing_running",
        "Passwords that are being hashed.",
        hashing.running,
    )?;
    families.counter(
        "rollcall_hashing_refused",
        "Passwords that were not hashed because too many waited.",
        hashing.refused,
    )?;
    families.counter(
        "rollcall_hashing_rounds",
        "Rounds of bcrypt that were spent: two to the power of its cost for each hash.",
        hashing.rounds,
    )?;
    families.counter(
        "rollcall_hashes_renewed",
        "Hashes that were renewed at a higher cost.",
        hashing.renewed,
    )?;
    families.counters(
        "rollcall_password_cache_lookups",
        "Passwords that were known to match without hashing, and that were not.",
        [(&[("result", "hit")][..], hashing.known), (&[("result", "miss")], hashing.unknown)],
    )
}
