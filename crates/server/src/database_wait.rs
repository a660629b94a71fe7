//! The wait of a start for an unavailable database.

use std::{
    thread,
    time::{Duration, Instant},
};

use rollcall_persistence::OpenError;

/// The longest wait of a start.
const PATIENCE: Duration = Duration::from_secs(60);

/// The time between two attempts.
const BETWEEN_ATTEMPTS: Duration = Duration::from_secs(1);

/// The time between two log lines about the wait.
const BETWEEN_LINES: Duration = Duration::from_secs(10);

/// A wait, and when it was last logged.
pub(crate) struct DatabaseWait {
    begun: Instant,
    logged: Option<Instant>,
}

impl DatabaseWait {
    /// Begins now.
    pub(crate) fn begin() -> Self {
        Self { begun: Instant::now(), logged: None }
    }

    /// Whether there is time for another attempt.
    pub(crate) fn goes_on(&self) -> bool {
        self.begun.elapsed() < PATIENCE
    }

    /// Waits until the next attempt, and logs the reason every ten seconds.
    pub(crate) fn pause(&mut self, reason: &OpenError) {
        if self.logged.is_none_or(|logged| logged.elapsed() >= BETWEEN_LINES) {
            let left = PATIENCE.saturating_sub(self.begun.elapsed()).as_secs().max(1);
            let reason = reason.to_string().replace('\n', " ");
            log::warn!("waiting for the database, at most {left} s more: {reason}");
            self.logged = Some(Instant::now());
        }
        thread::sleep(BETWEEN_ATTEMPTS);
    }
}
