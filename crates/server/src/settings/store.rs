//! Settings of every command that opens the store.

use std::{fmt, num::NonZeroU32, sync::Arc};

use clap::{Args, ValueEnum};
use rollcall_domain::{
    AttemptLimits, HashCost, Registration, UserService, password::InvalidHashCost,
};
use rollcall_persistence::{DatabaseUrl, OpenError, Pooler, Store};

use crate::{database_wait::DatabaseWait, environment, failure::Failure, hashing};

const FLAG: &str = "database-url";
const VARIABLE: &str = "ROLLCALL_DATABASE_URL";

/// It holds a URL whose password is not to be seen in the environment.
const FILE_VARIABLE: &str = "ROLLCALL_DATABASE_URL_FILE";

const DEFAULT_URL: &str = "sqlite://data/rollcall.db";

#[derive(Args)]
pub(crate) struct DatabaseSettings {
    /// Where the users are kept: sqlite:// and the path of a file, made with its folder, or a
    /// postgres:// URL [default: `sqlite://data/rollcall.db`]
    #[arg(long, env = VARIABLE, hide_env_values = true, value_name = "URL")]
    database_url: Option<String>,
    #[command(flatten)]
    pooler: PoolerSettings,
}

#[derive(Args)]
pub(crate) struct PoolerSettings {
    /// The pooler in front of PostgreSQL: transaction for one that takes each connection back after
    /// a transaction, as PgBouncer does in that mode [default: none]
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
    /// The bcrypt cost of new password hashes, from 4 to 16, unless the store has hashes of a
    /// higher one [default: 12, for commands beside the server that of the store]
    #[arg(long, env = "ROLLCALL_BCRYPT_COST", value_parser = parse_cost, value_name = "COST")]
    bcrypt_cost: Option<HashCost>,
}

impl PoolerSettings {
    /// The database behind the pooler.
    pub(crate) fn apply(&self, url: DatabaseUrl) -> DatabaseUrl {
        url.through(match self.database_pooler {
            None | Some(PoolerMode::None) => Pooler::None,
            Some(PoolerMode::Transaction) => Pooler::Transaction,
        })
    }
}

impl DatabaseSettings {
    /// Where the users are kept.
    pub(crate) fn url(&self) -> Result<DatabaseUrl, Failure> {
        let secret = environment::secret(VARIABLE)?.map(|it| it.text);
        // As everywhere, the flag comes before the environment.
        let text = self.database_url.clone().or(secret);
        // Not parsed by clap, which would repeat the text: it may hold a password.
        let url = text.as_deref().unwrap_or(DEFAULT_URL).parse();
        url.map(|url| self.pooler.apply(url)).map_err(|reason| {
            if self.is_from_file() {
                return format!("{FILE_VARIABLE} {reason}").into();
            }
            Failure::of_setting_by(FLAG, VARIABLE, &reason)
        })
    }

    /// What is wrong with the store, in one line.
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
    /// Opens the store, which is made where there is none if `create` says so.
    pub(crate) fn open(&self, create: bool) -> Result<Store, Failure> {
        let url = self.url()?;
        let opened = if create { Store::open(&url) } else { Store::open_existing(&url) };
        opened.map_err(|reason| self.database.failure(&reason))
    }

    /// Opens the store, and waits for a database that is not there yet: processes that are started
    /// together with it come up faster.
    pub(crate) fn open_patiently(&self, connections: NonZeroU32) -> Result<Store, Failure> {
        let (url, mut wait) = (self.url()?, DatabaseWait::begin());
        loop {
            match Store::open_with_connections(&url, connections) {
                // One that only reads may be about to become the primary.
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

    /// Where the users are kept.
    pub(crate) fn url(&self) -> Result<DatabaseUrl, Failure> {
        self.database.url()
    }

    /// The cost of new hashes that is asked of a server.
    pub(crate) fn bcrypt_cost(&self) -> HashCost {
        self.bcrypt_cost.unwrap_or(HashCost::DEFAULT)
    }

    /// The cost of new hashes that is asked of a command which works on a store with hashes of the
    /// cost `stored`: that of the store, unless the command is told otherwise.
    pub(crate) fn bcrypt_cost_beside(&self, stored: Option<HashCost>) -> HashCost {
        self.bcrypt_cost.or(stored).unwrap_or(HashCost::DEFAULT)
    }

    /// Starts what hashes passwords, and gives the use cases on `store`.
    pub(crate) fn users(
        store: Store,
        cost: HashCost,
        registration: Registration,
        limits: AttemptLimits,
    ) -> Result<UserService, Failure> {
        let hasher = hashing::start(cost, limits)?;
        Ok(UserService::new(Arc::new(store), hasher, registration))
    }
}

fn parse_cost(text: &str) -> Result<HashCost, InvalidHashCost> {
    text.parse().map_err(|_| InvalidHashCost).and_then(HashCost::new)
}
