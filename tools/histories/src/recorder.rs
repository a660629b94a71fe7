//! Collects what the clients see.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use crate::record::Call;

/// Collects calls. All clients share one clock.
pub(crate) struct Recorder {
    start: Instant,
    next: AtomicU64,
    calls: Mutex<Vec<Call>>,
    unexpected: Mutex<Vec<String>>,
}

impl Recorder {
    pub(crate) fn new() -> Self {
        Self {
            start: Instant::now(),
            next: AtomicU64::new(1),
            calls: Mutex::default(),
            unexpected: Mutex::default(),
        }
    }

    /// A number that no call, name or password has had.
    pub(crate) fn number(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    pub(crate) fn add(&self, call: Call) {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).push(call);
    }

    /// Keeps an answer that no request should get.
    pub(crate) fn unexpected(&self, text: String) {
        self.unexpected.lock().unwrap_or_else(PoisonError::into_inner).push(text);
    }

    /// The calls in the order of their beginnings, and the answers that no request should get.
    pub(crate) fn into_history(self) -> (Vec<Call>, Vec<String>) {
        let mut calls = self.calls.into_inner().unwrap_or_else(PoisonError::into_inner);
        calls.sort_by_key(|call| (call.begin, call.number));
        (calls, self.unexpected.into_inner().unwrap_or_else(PoisonError::into_inner))
    }
}
