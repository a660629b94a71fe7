//! Connections to PostgreSQL with and without a pooler in between, and the transactions on them.
//!
//! A pooler in transaction mode lends a client a connection of the database for one transaction,
//! and maybe another for the next. So no prepared statement and no setting may be left on it.

use crate::{
    engine::postgres::{refusal, url::PostgresUrl},
    error::{messages::explain, open::OpenError},
};
use diesel::{
    Connection, PgConnection,
    connection::{
        AnsiTransactionManager, CacheSize, SimpleConnection as _, TransactionManager as _,
    },
    dsl::sql,
    prelude::*,
    result::Error as DieselError,
    sql_types::Integer,
};

/// Begins a transaction whose statements all see one moment.
pub(crate) const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Begins a transaction whose statements each see what was committed before them, whatever the
/// database's default isolation level is.
pub(crate) const READ_COMMITTED: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";

const PROCESS: &str = "SELECT pg_backend_pid()";

/// How often a pooler is looked for. It may lend the connection to another, busy client.
const LOOKS: usize = 3;

/// What stands between this process and PostgreSQL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pooler {
    /// Nothing, or a pooler that leaves a client its connection until the client disconnects.
    #[default]
    None,
    /// A pooler that takes the connection back after each transaction.
    Transaction,
}

impl Pooler {
    /// Readies a new connection for statements that may take this long.
    pub(crate) fn prepare(
        self,
        connection: &mut PgConnection,
        limit: &str,
    ) -> Result<(), DieselError> {
        match self {
            Self::None => connection.batch_execute(&limits("SET", limit)),
            Self::Transaction => {
                connection.set_prepared_statement_cache_size(CacheSize::Disabled);
                Ok(())
            }
        }
    }

    /// Whether single statements must be put into a transaction to end in time.
    pub(crate) fn has_transactions_alone(self) -> bool {
        self == Self::Transaction
    }
}

/// A first connection to the database at `url`, which this process can use, for statements that may
/// take as long as `limit` says.
pub(crate) fn connect(url: &PostgresUrl, limit: &str) -> Result<PgConnection, OpenError> {
    let mut connection = establish(url)?;
    if url.pooler() == Pooler::None && lends_its_connections(url, &mut connection)? {
        return Err(OpenError::Pooler);
    }
    url.pooler().prepare(&mut connection, limit).map_err(OpenError::connect)?;
    refusal::require_utf8(&mut connection)?;
    Ok(connection)
}

fn establish(url: &PostgresUrl) -> Result<PgConnection, OpenError> {
    PgConnection::establish(url.as_str()).map_err(|error| explain(OpenError::connect(error)))
}

/// Whether another client gets the process of PostgreSQL that this connection had: then a pooler in
/// between has given it away.
fn lends_its_connections(
    url: &PostgresUrl,
    connection: &mut PgConnection,
) -> Result<bool, OpenError> {
    let mut other = establish(url)?;
    for _ in 0..LOOKS {
        let own = process(connection)?;
        // An engine without such numbers gives none.
        if own > 0 && process(&mut other)? == own {
            return Ok(true);
        }
    }
    Ok(false)
}

fn process(connection: &mut PgConnection) -> Result<i32, OpenError> {
    sql::<Integer>(PROCESS).get_result(connection).map_err(OpenError::connect)
}

/// What has each statement end after `limit`, and a transaction whose client has stalled.
fn limits(set: &str, limit: &str) -> String {
    format!(
        "{set} statement_timeout = '{limit}'; \
         {set} idle_in_transaction_session_timeout = '{limit}'"
    )
}

/// Words that begin a transaction, with limits that end with it.
pub(crate) fn limited(words: &str, limit: &str) -> String {
    format!("{words}; {}", limits("SET LOCAL", limit))
}

/// Runs `work` in a transaction that is begun with these words.
pub(crate) fn within<T, E: From<DieselError>>(
    connection: &mut PgConnection,
    words: &str,
    work: impl FnOnce(&mut PgConnection) -> Result<T, E>,
) -> Result<T, E> {
    AnsiTransactionManager::begin_transaction_sql(connection, words)?;
    match work(connection) {
        Ok(value) => {
            AnsiTransactionManager::commit_transaction(connection)?;
            Ok(value)
        }
        Err(error) => match AnsiTransactionManager::rollback_transaction(connection) {
            // The connection is gone, which `error` tells.
            Ok(()) | Err(DieselError::BrokenTransactionManager) => Err(error),
            Err(rollback_error) => Err(rollback_error.into()),
        },
    }
}
