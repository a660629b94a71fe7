//! Settings of sessions.

use std::time::Duration;

use clap::Args;

use super::numbers::seconds;

/// The longest that a session may last: a leap year.
const MAX_SECONDS: u64 = 366 * 24 * 60 * 60;

#[derive(Args)]
pub(crate) struct SessionSettings {
    /// How long a session lasts at most, however much it is used, in seconds
    #[arg(
        long,
        env = "ROLLCALL_SESSION_MAX_AGE",
        default_value = "2592000",
        value_parser = seconds(1..=MAX_SECONDS),
        value_name = "SECONDS"
    )]
    session_max_age: u64,
}

impl SessionSettings {
    /// How long a session lasts at most.
    pub(crate) fn max_age(&self) -> Duration {
        Duration::from_secs(self.session_max_age)
    }
}
