//! Counts of attempts by the networks that they come from.

use std::{
    hash::Hash,
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use moka::sync::Cache;

use super::count::AttemptCount;
use crate::{
    client_key::{ClientKey, Network},
    error::too_many::TooManyAttempts,
};

/// How many counts of a kind are kept at most.
const CAPACITY: u64 = 100_000;

/// After how long without an attempt a count is forgotten.
const IDLE: Duration = Duration::from_secs(15 * 60);

/// How many attempts are allowed: so many of one client, and as many times more of a wider network
/// as it has the limits of clients.
#[derive(Clone, Copy)]
pub(super) struct Limit {
    pub(super) attempts: NonZeroU32,
    /// How long attempts count; none for those in a row.
    pub(super) window: Option<Duration>,
}

/// The limit of a network that has the limits of so many clients.
fn of_clients(limit: NonZeroU32, clients: u32) -> NonZeroU32 {
    limit.saturating_mul(NonZeroU32::new(clients).unwrap_or(NonZeroU32::MIN))
}

/// Counts of one kind.
pub(super) struct Counts<K>(Cache<K, Arc<Mutex<AttemptCount>>>);

impl<K: Hash + Eq + Send + Sync + 'static> Counts<K> {
    pub(super) fn new() -> Self {
        Self(Cache::builder().max_capacity(CAPACITY).time_to_idle(IDLE).build())
    }

    /// Counts an attempt in every network of `client_key`, or in none if there are too many in one
    /// of them.
    pub(super) fn add(
        &self,
        client_key: ClientKey,
        key: impl Fn(Network) -> K,
        Limit { attempts, window }: Limit,
        now: Duration,
    ) -> Result<(), TooManyAttempts> {
        for (index, (network, clients)) in client_key.limited_networks().enumerate() {
            let limit = of_clients(attempts, clients);
            let added = self.with(key(network), |count| count.add(now, limit, window));
            if added.is_err() {
                for (wider, _) in client_key.limited_networks().take(index) {
                    self.change(&key(wider), |count| count.take_back(1));
                }
                return added;
            }
        }
        Ok(())
    }

    /// Counts so many attempts more, which are over already, in every network of `client_key`.
    pub(super) fn charge(
        &self,
        client_key: ClientKey,
        key: impl Fn(Network) -> K,
        more: u32,
        Limit { attempts, window }: Limit,
        now: Duration,
    ) {
        for (network, clients) in client_key.limited_networks() {
            let limit = of_clients(attempts, clients);
            self.with(key(network), |count| count.charge(now, more, limit, window));
        }
    }

    /// How long an attempt would have to wait, if it would.
    pub(super) fn check(
        &self,
        client_key: ClientKey,
        key: impl Fn(Network) -> K,
        now: Duration,
    ) -> Result<(), TooManyAttempts> {
        client_key.limited_networks().try_for_each(|(network, _)| {
            self.change(&key(network), |count| count.check(now)).unwrap_or(Ok(()))
        })
    }

    /// Takes an attempt back in every network of `client_key`.
    pub(super) fn take_back(&self, client_key: ClientKey, key: impl Fn(Network) -> K) {
        for (network, _) in client_key.limited_networks() {
            self.change(&key(network), |count| count.take_back(1));
        }
    }

    /// Takes back all attempts of `client_key`, also in the wider networks that it is in.
    pub(super) fn forgive(&self, client_key: ClientKey, key: impl Fn(Network) -> K) {
        let own = key(client_key.own_network());
        let forgiven = self.change(&own, |count| std::mem::take(count).attempts());
        for (network, _) in client_key.limited_networks() {
            self.change(&key(network), |count| count.take_back(forgiven.unwrap_or_default()));
        }
    }

    /// The attempts of each network of `client_key` in the present `window`, and how many clients'
    /// limits the network has.
    pub(super) fn attempts_within(
        &self,
        client_key: ClientKey,
        key: impl Fn(Network) -> K,
        window: Duration,
        now: Duration,
    ) -> impl Iterator<Item = (u32, u32)> {
        client_key.limited_networks().map(move |(network, clients)| {
            let attempts = self.change(&key(network), |count| count.attempts_within(now, window));
            (attempts.unwrap_or_default(), clients)
        })
    }

    /// Counts an attempt that none has to wait for in every network of `client_key`.
    pub(super) fn add_unlimited(
        &self,
        client_key: ClientKey,
        key: impl Fn(Network) -> K,
        window: Duration,
        now: Duration,
    ) {
        for (network, _) in client_key.limited_networks() {
            self.with(key(network), |count| count.add_unlimited(now, window));
        }
    }

    fn with<T>(&self, key: K, change: impl FnOnce(&mut AttemptCount) -> T) -> T {
        let count = self.0.get_with(key, Arc::default);
        change(&mut count.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The same if there is such a count.
    fn change<T>(&self, key: &K, change: impl FnOnce(&mut AttemptCount) -> T) -> Option<T> {
        let count = self.0.get(key)?;
        Some(change(&mut count.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}
