//! Counts of hashing.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

use crate::{
    HashCost,
    statistics::{Counter, Histogram, HistogramSnapshot, TIMES},
};

/// What hashing has come to, and what it is at.
#[derive(Clone, Debug)]
pub struct HashingStatistics {
    /// Jobs that wait for a thread.
    pub waiting: u64,
    /// How many may wait.
    pub capacity: u64,
    /// Jobs that a thread is at.
    pub running: u64,
    /// How long those waited that a thread has begun, in nanoseconds.
    pub waits: HistogramSnapshot,
    /// How long those took that are done, in nanoseconds.
    pub times: HistogramSnapshot,
    /// Jobs that were turned away because there was too much to hash.
    pub refused: u64,
    /// Rounds of bcrypt, of which a hash takes two to the power of its cost.
    pub rounds: u64,
    /// Passwords that were asked for and known.
    pub known: u64,
    /// Passwords that were asked for and not known.
    pub unknown: u64,
    /// Hashes that were renewed at a higher cost.
    pub renewed: u64,
}

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

    /// What they are, in a pool where so many wait of so many that may.
    pub(super) fn snapshot(&self, waiting: usize, capacity: usize) -> HashingStatistics {
        HashingStatistics {
            waiting: waiting as u64,
            capacity: capacity as u64,
            running: self.running.load(Ordering::Relaxed),
            waits: self.waits.snapshot(),
            times: self.times.snapshot(),
            refused: self.refused.get(),
            rounds: self.rounds.load(Ordering::Relaxed),
            known: 0,
            unknown: 0,
            renewed: 0,
        }
    }
}
