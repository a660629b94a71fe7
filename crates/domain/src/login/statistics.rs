//! Counts of hashing.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

use crate::{
    statistics::{
        TIMES,
        counter::Counter,
        family::{
            Family,
            Values::{Counters, Gauges, Times},
            unlabelled,
        },
        histogram::Histogram,
    },
    user::password::hash::HashCost,
};

/// The counts of one pool.
pub(super) struct PoolCounts {
    running: AtomicU64,
    waits: Histogram,
    times: Histogram,
    rounds: AtomicU64,
    pub(super) refused: Counter,
}

impl PoolCounts {
    pub(super) fn new() -> Self {
        let [waits, times] = [(); 2].map(|()| Histogram::new(TIMES));
        let [running, rounds] = [(); 2].map(|()| AtomicU64::new(0));
        Self { running, waits, times, rounds, refused: Counter::default() }
    }

    /// Counts the rounds of a hash of this cost.
    pub(super) fn hashed(&self, cost: HashCost) {
        self.rounds.fetch_add(cost.rounds(), Ordering::Relaxed);
    }

    /// Does a job that has waited since `queued`.
    pub(super) fn run<T>(&self, queued: Instant, job: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        self.waits.record_time(started.duration_since(queued));
        self.running.fetch_add(1, Ordering::Relaxed);
        let outcome = job();
        self.running.fetch_sub(1, Ordering::Relaxed);
        self.times.record_time(started.elapsed());
        outcome
    }

    /// Their metrics, in a pool where `waiting` jobs wait of `capacity` that may.
    pub(super) fn families(&self, waiting: usize, capacity: usize) -> Vec<Family> {
        vec![
            Family::new(
                "rollcall_hashing_duration",
                "Time to hash a password.",
                Times(unlabelled(self.times.snapshot())),
            ),
            Family::new(
                "rollcall_hashing_wait",
                "Time in the hashing queue.",
                Times(unlabelled(self.waits.snapshot())),
            ),
            Family::new(
                "rollcall_hashing_waiting",
                "Passwords in the hashing queue.",
                Gauges(unlabelled(waiting as u64)),
            ),
            Family::new(
                "rollcall_hashing_queue_capacity",
                "Capacity of the hashing queue.",
                Gauges(unlabelled(capacity as u64)),
            ),
            Family::new(
                "rollcall_hashing_running",
                "Passwords being hashed.",
                Gauges(unlabelled(self.running())),
            ),
            Family::new(
                "rollcall_hashing_refused",
                "Passwords rejected because the hashing queue was full.",
                Counters(unlabelled(self.refused.get())),
            ),
            Family::new(
                "rollcall_hashing_rounds",
                "Bcrypt rounds: two to the power of the cost, for each hash.",
                Counters(unlabelled(self.rounds())),
            ),
        ]
    }

    /// Jobs that a thread is at.
    pub(super) fn running(&self) -> u64 {
        self.running.load(Ordering::Relaxed)
    }

    /// Rounds of bcrypt, of which a hash takes two to the power of its cost.
    pub(super) fn rounds(&self) -> u64 {
        self.rounds.load(Ordering::Relaxed)
    }
}
