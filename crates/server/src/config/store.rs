//! Settings of every command that opens the store.

use std::fmt;

use clap::{Arg, Args, ValueEnum};
use rollcall_domain::{HashCost, password::InvalidHashCost};
use rollcall_persistence::{DatabaseUrl, Pooler, Store};

use super::environment;
use crate::failure::Failure;

const FLAG: &str = "database-url";
const VARIABLE: &str = "ROLLCALL_DATABASE_URL";

/// Names a file with the URL, for a password that the environment must not show.
const FILE_VARIABLE: &str = "ROLLCALL_DATABASE_URL_FILE";

const DEFAULT_URL: &str = "sqlite://data/rollcall.db";

#[derive(Args)]
pub(crate) struct DatabaseSettings {
    /// Database of the users: `sqlite://PATH` or a postgres:// URL [default:
    /// `sqlite://data/rollcall.db`]
    #[arg(long, env = VARIABLE, hide_env_values = true, value_name = "URL")]
    database_url: Option<String>,
    #[command(flatten)]
    pooler: PoolerSettings,
}

/// Adds to the help of `--database-url` what only some commands do.
pub(crate) fn creates_a_store(arg: Arg) -> Arg {
    arg.help(
        "Database of the users: `sqlite://PATH` or a postgres:// URL. A missing SQLite file is \
         created with its folder [default: `sqlite://data/rollcall.db`]",
    )
}

#[derive(Args)]
pub(crate) struct PoolerSettings {
    /// Pooler in front of PostgreSQL; `transaction` is for PgBouncer in transaction mode [default:
    /// none]
    #[arg(long, env = "ROLLCALL_DATABASE_POOLER", value_enum, value_name = "MODE")]
    database_pooler: Option<PoolerMode>,
}

#[derive(Clone, Copy, ValueEnum)]
enum PoolerMode {
    None,
    Transaction,
}

#[derive(Args)]
pub(crate) struct StoreSettings {
    #[command(flatten)]
    pub(crate) database: DatabaseSettings,
    /// Bcrypt cost of new password hashes, from 4 to 16; a higher cost in the store wins [default:
    /// that of the store for commands, 12 for a server or an empty store]
    #[arg(long, env = "ROLLCALL_BCRYPT_COST", value_parser = parse_cost, value_name = "COST")]
    bcrypt_cost: Option<HashCost>,
}

impl PoolerSettings {
    /// Adds the pooler to a URL.
    pub(crate) fn apply(&self, url: DatabaseUrl) -> DatabaseUrl {
        url.through(match self.database_pooler {
            None | Some(PoolerMode::None) => Pooler::None,
            Some(PoolerMode::Transaction) => Pooler::Transaction,
        })
    }
}

impl DatabaseSettings {
    /// The URL of the database.
    pub(crate) fn url(&self) -> Result<DatabaseUrl, Failure> {
        let secret = environment::secret(VARIABLE)?.map(|secret| secret.text);
        // As for all settings, the flag wins over the environment.
        let text = self.database_url.clone().or(secret);
        // clap does not parse it, because its errors would repeat a password.
        let url = text.as_deref().unwrap_or(DEFAULT_URL).parse();
        url.map(|url| self.pooler.apply(url)).map_err(|reason| {
            if self.is_from_file() {
                return format!("{FILE_VARIABLE} {reason}").into();
            }
            Failure::of_setting_by(FLAG, VARIABLE, &reason)
        })
    }

    /// An error of the store, in one line.
    pub(crate) fn failure(&self, reason: &dyn fmt::Display) -> Failure {
        let reason = reason.to_string().replace('\n', " ");
        if self.is_from_file() {
            return format!("{FILE_VARIABLE}: {reason}").into();
        }
        Failure::about_setting_by(FLAG, VARIABLE, &reason)
    }

    fn is_from_file(&self) -> bool {
        self.database_url.is_none() && environment::variable(FILE_VARIABLE).is_some()
    }
}

impl StoreSettings {
    /// Opens the store. If `create` is set, creates a missing one.
    pub(crate) fn open(&self, create: bool) -> Result<Store, Failure> {
        let url = self.url()?;
        let opened = if create { Store::open(&url) } else { Store::open_existing(&url) };
        opened.map_err(|reason| self.database.failure(&reason))
    }

    /// The URL of the database.
    pub(crate) fn url(&self) -> Result<DatabaseUrl, Failure> {
        self.database.url()
    }

    /// The cost of new hashes of a server.
    pub(crate) fn bcrypt_cost(&self) -> HashCost {
        self.bcrypt_cost.unwrap_or(HashCost::DEFAULT)
    }

    /// The cost of new hashes of a command: as set, or else the cost `stored` of the store.
    pub(crate) fn bcrypt_cost_beside(&self, stored: Option<HashCost>) -> HashCost {
        self.bcrypt_cost.or(stored).unwrap_or(HashCost::DEFAULT)
    }
}

fn parse_cost(text: &str) -> Result<HashCost, InvalidHashCost> {
    text.parse().map_err(|_| InvalidHashCost).and_then(HashCost::new)
}
