//! The wait of a start for a database that is not there yet.

use std::{
    thread,
    time::{Duration, Instant},
};

use rollcall_persistence::OpenError;

/// How long a start waits.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long it waits before it asks again.
const BETWEEN_ATTEMPTS: Duration = Duration::from_secs(1);

/// How long it waits before it says again that it waits, and why.
const BETWEEN_LINES: Duration = Duration::from_secs(10);

/// A wait, with what was said of it.
pub(crate) struct DatabaseWait {
    begun: Instant,
    said: Option<Instant>,
}

impl DatabaseWait {
    /// Begins now.
    pub(crate) fn begin() -> Self {
        Self { begun: Instant::now(), said: None }
    }

    /// Whether it is worth to wait longer.
    pub(crate) fn goes_on(&self) -> bool {
        self.begun.elapsed() < PATIENCE
    }

    /// Waits until the next attempt, and says why once in a while.
    pub(crate) fn pause(&mut self, reason: &OpenError) {
        if self.said.is_none_or(|said| said.elapsed() >= BETWEEN_LINES) {
            let left = PATIENCE.saturating_sub(self.begun.elapsed()).as_secs().max(1);
            let reason = reason.to_string().replace('\n', " ");
            log::warn!("waiting for the database, for {left} s at most: {reason}");
            self.said = Some(Instant::now());
        }
        thread::sleep(BETWEEN_ATTEMPTS);
    }
}
