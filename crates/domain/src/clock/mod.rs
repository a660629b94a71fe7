//! The time, where it decides something, and times as the domain keeps them.

#[cfg(test)]
pub(crate) mod manual;
pub(crate) mod time_text;

use std::time::{Duration, Instant};

use jiff::Timestamp;

/// Tells the time. Tests advance theirs by hand.
pub trait Clock: Send + Sync {
    /// The time of day. The system may set it back.
    fn now(&self) -> Timestamp;

    /// The time since the clock was started. It never goes back.
    fn elapsed(&self) -> Duration;
}

/// The clock of the system.
pub struct SystemClock(Instant);

impl Default for SystemClock {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// A time as users and sessions keep it.
pub(crate) fn whole_seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}
