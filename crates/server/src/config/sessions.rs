//! Settings of sessions.

use std::time::Duration;

use clap::Args;

use super::durations::duration;

/// The greatest accepted maximum: a leap year.
const MAX_SECONDS: u64 = 366 * 24 * 60 * 60;

#[derive(Args)]
pub(crate) struct SessionSettings {
    /// Longest lifetime of a session, even if it is used
    #[arg(
        long,
        env = "ROLLCALL_SESSION_MAX_AGE",
        default_value = "30d",
        value_parser = duration(1..=MAX_SECONDS),
        value_name = "DURATION"
    )]
    session_max_age: Duration,
}

impl SessionSettings {
    /// The longest lifetime of a session.
    pub(crate) fn max_age(&self) -> Duration {
        self.session_max_age
    }
}
