//! Settings of reset codes.

use std::time::Duration;

use clap::Args;

use super::durations::duration;

/// The greatest accepted age: a week, for codes that are sent by post.
const MAX_SECONDS: u64 = 7 * 24 * 60 * 60;

#[derive(Args)]
pub(crate) struct ResetCodeSettings {
    /// How long a new reset code can be redeemed
    #[arg(
        long,
        env = "ROLLCALL_RESET_CODE_AGE",
        default_value = "1h",
        value_parser = duration(1..=MAX_SECONDS),
        value_name = "DURATION"
    )]
    reset_code_age: Duration,
}

impl ResetCodeSettings {
    /// How long a new code can be redeemed.
    pub(crate) fn max_age(&self) -> Duration {
        self.reset_code_age
    }
}
