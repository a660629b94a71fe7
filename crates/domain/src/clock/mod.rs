//! The time, where it decides something, and times as the domain keeps them.

#[cfg(test)]
pub(crate) mod manual;
pub(crate) mod time_text;

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

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

/// The first whole second that is not before `time`. What expires then has all of its time.
pub(crate) fn next_whole_second(time: Timestamp) -> Timestamp {
    let begun = whole_seconds(time);
    let next = || begun.checked_add(SignedDuration::from_secs(1)).unwrap_or(begun);
    if begun < time { next() } else { begun }
}

/// A time as users and sessions keep it.
pub(crate) fn whole_seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::next_whole_second;

    #[test]
    fn a_part_of_a_second_ends_with_it() {
        for (text, expected) in [
            ("2026-11-01T10:00:00Z", "2026-11-01T10:00:00Z"),
            ("2026-11-01T10:00:00.000000001Z", "2026-11-01T10:00:01Z"),
            ("2026-11-01T10:00:59.9Z", "2026-11-01T10:01:00Z"),
            ("1969-12-31T23:59:58.5Z", "1969-12-31T23:59:59Z"),
            ("9999-12-30T22:00:00.5Z", "9999-12-30T22:00:00Z"),
        ] {
            let time: Timestamp = text.parse().unwrap();
            assert_eq!(next_whole_second(time).to_string(), expected, "{text}");
        }
    }
}
