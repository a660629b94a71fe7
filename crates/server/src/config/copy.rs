//! Settings of `rollcall copy`.

use std::fmt;

use clap::Args;
use rollcall_persistence::DatabaseUrl;

use super::store::PoolerSettings;
use crate::failure::Failure;

/// The source.
pub(crate) const FROM: Setting = Setting { flag: "from", variable: "ROLLCALL_COPY_FROM" };

/// The target.
pub(crate) const TO: Setting = Setting { flag: "to", variable: "ROLLCALL_COPY_TO" };

#[derive(Args)]
pub(crate) struct CopySettings {
    /// Copy from this store: `sqlite://PATH` or a postgres:// URL
    #[arg(long, env = FROM.variable, hide_env_values = true, value_name = "URL")]
    from: String,
    /// Copy to this store; a missing SQLite file is created, a PostgreSQL database must exist
    #[arg(long, env = TO.variable, hide_env_values = true, value_name = "URL")]
    to: String,
    #[command(flatten)]
    pooler: PoolerSettings,
}

/// The two names of a setting.
pub(crate) struct Setting {
    flag: &'static str,
    variable: &'static str,
}

impl CopySettings {
    /// Both URLs. clap does not parse them, because its errors would repeat their passwords.
    pub(crate) fn urls(&self) -> Result<(DatabaseUrl, DatabaseUrl), Failure> {
        let from = self.from.parse().map_err(|reason| FROM.invalid(&reason))?;
        let to = self.to.parse().map_err(|reason| TO.invalid(&reason))?;
        Ok((self.pooler.apply(from), self.pooler.apply(to)))
    }
}

impl Setting {
    /// An error of the database that the setting names, in one line.
    pub(crate) fn failure(&self, reason: &dyn fmt::Display) -> Failure {
        let reason = reason.to_string().replace('\n', " ");
        Failure::about_setting_by(self.flag, self.variable, &reason)
    }

    /// An error in the value of the setting.
    fn invalid(&self, reason: &dyn fmt::Display) -> Failure {
        Failure::of_setting_by(self.flag, self.variable, reason)
    }
}
