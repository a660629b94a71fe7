//! Settings of `rollcall copy`.

use std::fmt;

use clap::Args;
use rollcall_persistence::DatabaseUrl;

use super::PoolerSettings;
use crate::failure::Failure;

/// Where the users are.
pub(crate) const FROM: Setting = Setting { flag: "from", variable: "ROLLCALL_COPY_FROM" };

/// Where they are to be.
pub(crate) const TO: Setting = Setting { flag: "to", variable: "ROLLCALL_COPY_TO" };

#[derive(Args)]
pub(crate) struct CopySettings {
    /// The store that has the users: sqlite:// and the path of a file, or a postgres:// URL
    #[arg(long, env = FROM.variable, hide_env_values = true, value_name = "URL")]
    from: String,
    /// The store to copy them to, likewise: a file is made where there is none, a PostgreSQL database
    /// must be there
    #[arg(long, env = TO.variable, hide_env_values = true, value_name = "URL")]
    to: String,
    #[command(flatten)]
    pooler: PoolerSettings,
}

/// A setting by both its names.
pub(crate) struct Setting {
    flag: &'static str,
    variable: &'static str,
}

impl CopySettings {
    /// Both ends. Not parsed by clap, which would repeat the texts: they may hold passwords.
    pub(crate) fn urls(&self) -> Result<(DatabaseUrl, DatabaseUrl), Failure> {
        let from = self.from.parse().map_err(|reason| FROM.invalid(&reason))?;
        let to = self.to.parse().map_err(|reason| TO.invalid(&reason))?;
        Ok((self.pooler.apply(from), self.pooler.apply(to)))
    }
}

impl Setting {
    /// What is wrong with what it names, in one line.
    pub(crate) fn failure(&self, reason: &dyn fmt::Display) -> Failure {
        let reason = reason.to_string().replace('\n', " ");
        Failure::about_setting_by(self.flag, self.variable, &reason)
    }

    /// The flaw of its value.
    fn invalid(&self, reason: &dyn fmt::Display) -> Failure {
        Failure::of_setting_by(self.flag, self.variable, reason)
    }
}
