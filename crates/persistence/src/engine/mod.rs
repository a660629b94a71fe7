//! Connections to either backend, and how work gets one.

pub(crate) mod bulk_transaction;
pub(crate) mod counts;
pub(crate) mod dedicated;
pub(crate) mod point_reads;
pub(crate) mod postgres;
pub(crate) mod prepared;
pub(crate) mod presence;
pub(crate) mod sqlite;
pub(crate) mod url;

use std::{num::NonZeroU32, sync::Arc};

use diesel::{PgConnection, SqliteConnection};
use rollcall_domain::{StoreError, UserId, WriteError};

use crate::{
    engine::{
        counts::{Counts, PoolUse},
        presence::IfAbsent,
        url::DatabaseUrl,
    },
    error::{Failure, open::OpenError},
};

/// A connection that work is done on. Queries are written once and run on either through `on!`,
/// which type-checks them for each.
pub(crate) enum Connection<'a> {
    /// To a SQLite file.
    Sqlite(&'a mut SqliteConnection),
    /// To PostgreSQL, or what speaks its protocol.
    Postgres(&'a mut PgConnection),
}

/// Evaluates an expression with the connection inside a [`Connection`] under the given name.
macro_rules! on {
    ($connection:expr, $name:ident => $work:expr) => {
        match $connection {
            $crate::engine::Connection::Sqlite(inside) => {
                let $name = &mut **inside;
                $work
            }
            $crate::engine::Connection::Postgres(inside) => {
                let $name = &mut **inside;
                $work
            }
        }
    };
}
pub(crate) use on;

/// What statements that read see.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reads {
    /// Each sees what was committed before it.
    Latest,
    /// All see the same moment.
    Snapshot,
}

/// The connections to one database.
#[derive(Clone)]
pub(crate) enum Backend {
    /// A SQLite file.
    Sqlite(sqlite::Pools),
    /// PostgreSQL.
    Postgres(postgres::Pools),
}

impl Backend {
    /// Opens the database, makes missing parts unless it is all `absent`, and brings its schema
    /// up to date.
    pub(crate) fn open(
        url: &DatabaseUrl,
        connections: NonZeroU32,
        absent: IfAbsent,
    ) -> Result<Self, OpenError> {
        match url {
            DatabaseUrl::Sqlite(path) => Ok(Self::Sqlite(sqlite::Pools::open(path, absent)?)),
            DatabaseUrl::Postgres(url) => {
                Ok(Self::Postgres(postgres::Pools::open(url, connections, absent)?))
            }
        }
    }

    /// Does `work`, statements that read.
    pub(crate) fn read<T>(
        &self,
        reads: Reads,
        work: impl Fn(&mut Connection<'_>) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        let outcome = match self {
            Self::Sqlite(pools) => {
                pools.read(reads, |connection| work(&mut Connection::Sqlite(connection)))
            }
            Self::Postgres(pools) => {
                pools.others.read(reads, |connection| work(&mut Connection::Postgres(connection)))
            }
        };
        self.counts().failure_of(outcome).map_err(Failure::into_store_error)
    }

    /// Does `work` in one transaction, and again if another transaction got in its way. For what no
    /// caller asks for: [`Backend::write_by`] is for the rest.
    pub(crate) fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Connection<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, WriteError> {
        self.write_of(None, work)
    }

    /// The same. If there is a `user`, `work` changes rows of that user alone.
    pub(crate) fn write_of<T: Send + 'static>(
        &self,
        user: Option<UserId>,
        work: impl Fn(&mut Connection<'_>) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, WriteError> {
        let outcome = match self {
            Self::Sqlite(pools) => pools
                .writer
                .write(user, move |connection| work(&mut Connection::Sqlite(connection))),
            Self::Postgres(pools) => {
                pools.others.write(|connection| work(&mut Connection::Postgres(connection)))
            }
        };
        self.counts().failure_of(outcome).map_err(Failure::into_write_error)
    }

    /// The counters.
    pub(crate) fn counts(&self) -> &Arc<Counts> {
        match self {
            Self::Sqlite(pools) => &pools.counts,
            Self::Postgres(pools) => &pools.counts,
        }
    }

    /// Refuses while a SQLite file must not be written: another one is at its path, or it is
    /// damaged.
    pub(crate) fn require_usable(&self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(pools) => {
                pools.file.require_usable().map_err(|reason| StoreError::Unavailable(reason.into()))
            }
            Self::Postgres(_) => Ok(()),
        }
    }

    /// How the connections are used.
    pub(crate) fn pools(&self) -> Vec<PoolUse> {
        match self {
            Self::Sqlite(pools) => pools.uses(),
            Self::Postgres(pools) => pools.uses(),
        }
    }
}
