//! The wait of a start for an unavailable database.

use std::{
    num::NonZeroU32,
    thread,
    time::{Duration, Instant},
};

use rollcall_persistence::{DatabaseUrl, OpenError, Store};

use crate::{config::store::StoreSettings, failure::Failure};

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

impl StoreSettings {
    /// Opens the store, and retries while the database starts: a server is often started together
    /// with its database, and faster.
    pub(crate) fn open_patiently(&self, connections: NonZeroU32) -> Result<Store, Failure> {
        let (url, mut wait) = (self.url()?, DatabaseWait::begin());
        loop {
            match Store::open_with_connections(&url, connections) {
                // A read-only database may be a standby that is becoming the primary.
                Err(reason @ (OpenError::Connect(_) | OpenError::ReadOnly(_)))
                    if matches!(url, DatabaseUrl::Postgres(_)) && wait.goes_on() =>
                {
                    wait.pause(&reason);
                }
                opened => {
                    return opened.map_err(|reason| self.database.failure(&reason));
                }
            }
        }
    }
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
