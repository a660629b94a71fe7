//! Reads of rows by key, by what makes them fast on each backend: a cache on SQLite, and statements
//! that read many rows on PostgreSQL.

use std::{future::ready, hash::Hash, sync::Arc};

use diesel::PgConnection;
use rollcall_domain::{LookUp, StoreError, statistics::Lookups};

use crate::{
    engine::{
        Backend, Connection, Reads,
        postgres::read_batches::ReadBatches,
        sqlite::row_cache::{RowCache, UserOf},
    },
    error::Failure,
};

/// Reads the value of a key, if there is one.
type Find<K, V> = fn(&mut Connection<'_>, &K) -> Result<Option<V>, Failure>;

/// Reads the values of keys, in their order.
type FindMany<K, V> = fn(&mut PgConnection, &[K]) -> Result<Vec<Option<V>>, Failure>;

/// The reads of one kind of rows.
#[derive(Clone)]
pub(crate) struct PointReads<K, V> {
    backend: Backend,
    find: Find<K, V>,
    cache: RowCache<K, V>,
    batches: Option<ReadBatches<K, V>>,
}

impl<K, V> PointReads<K, V>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    pub(crate) fn new(
        backend: &Backend,
        find: Find<K, V>,
        find_many: FindMany<K, V>,
        user_of: UserOf<V>,
    ) -> Self {
        let (states, batches) = match backend {
            Backend::Sqlite(pools) => (pools.states.clone(), None),
            Backend::Postgres(pools) => {
                let (pool, counts) = (pools.readers.clone(), Arc::clone(&pools.counts));
                let read = move |keys: &[K]| {
                    counts.look_ups.record(keys.len() as u64);
                    let outcome =
                        pool.read(Reads::Latest, |connection| find_many(connection, keys));
                    counts.failure_of(outcome).map_err(Failure::into_store_error)
                };
                (None, Some(ReadBatches::start(read)))
            }
        };
        Self { backend: backend.clone(), find, cache: RowCache::new(states, user_of), batches }
    }

    /// The value of `key`.
    pub(crate) fn get(&self, key: &K) -> Result<Option<V>, StoreError> {
        self.cache.get_or(key, || {
            self.backend.read(Reads::Latest, |connection| (self.find)(connection, key))
        })
    }

    /// The same for callers that must not block.
    pub(crate) fn look_up(&self, key: K) -> LookUp<V> {
        match &self.batches {
            Some(batches) => Box::pin(batches.get(key)),
            None => Box::pin(ready(self.get(&key))),
        }
    }

    /// The hits and misses of the cache.
    pub(crate) fn lookups(&self) -> &Lookups {
        &self.cache.lookups
    }
}
