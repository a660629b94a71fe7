//! Values by account and address, of which those that are used stay.

use std::{
    array,
    collections::HashMap,
    mem,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{client_key::ClientKey, shard::shard_of, user::name::NameKey};

/// How many pairs are remembered at most. Those that are used often stay: only pairs of right
/// passwords are added, and half of the capacity must be, before an unused one is forgotten.
const CAPACITY: usize = 100_000;

/// In how many parts they are kept, so that workers seldom wait for each other.
const SHARDS: usize = 16;

/// Values by pair. Each request with a password looks for one, so the map is a plain one, which
/// costs a third of a cache that counts its reads.
pub(super) struct Pairs<V>([Mutex<Shard<V>>; SHARDS]);

type Pair = (NameKey, ClientKey);

/// A part of the values in two generations. Those that are used move to the new one. When that has
/// half of the capacity, it becomes the old one, and what was not used since is forgotten.
struct Shard<V> {
    capacity: usize,
    new: HashMap<Pair, V>,
    old: HashMap<Pair, V>,
}

impl<V> Pairs<V> {
    /// Does `work` with the value of a pair, if there is one.
    pub(super) fn with<T>(
        &self,
        name: &NameKey,
        client_key: ClientKey,
        work: impl FnOnce(&mut V) -> T,
    ) -> Option<T> {
        let pair = (name.clone(), client_key);
        self.shard(&pair).with(pair, work)
    }

    /// Does `work` with the value of a pair, which is `value` if there is none.
    pub(super) fn with_or_insert(
        &self,
        name: &NameKey,
        client_key: ClientKey,
        value: impl FnOnce() -> V,
        work: impl FnOnce(&mut V),
    ) {
        let pair = (name.clone(), client_key);
        let mut shard = self.shard(&pair);
        let kept = shard.old.remove(&pair);
        work(shard.put(pair, || kept.unwrap_or_else(value)));
    }

    fn shard(&self, pair: &Pair) -> MutexGuard<'_, Shard<V>> {
        self.0[shard_of(pair, SHARDS)].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<V> Default for Pairs<V> {
    fn default() -> Self {
        Self(array::from_fn(|_| Mutex::new(Shard::new(CAPACITY / SHARDS))))
    }
}

impl<V> Shard<V> {
    fn new(capacity: usize) -> Self {
        Self { capacity, new: HashMap::new(), old: HashMap::new() }
    }

    fn with<T>(&mut self, pair: Pair, work: impl FnOnce(&mut V) -> T) -> Option<T> {
        if let Some(value) = self.new.get_mut(&pair) {
            return Some(work(value));
        }
        let value = self.old.remove(&pair)?;
        Some(work(self.put(pair, || value)))
    }

    /// The value of a pair in the new generation, which is `value` if there is none.
    fn put(&mut self, pair: Pair, value: impl FnOnce() -> V) -> &mut V {
        if self.new.len() >= self.capacity / 2 && !self.new.contains_key(&pair) {
            self.old = mem::take(&mut self.new);
        }
        self.new.entry(pair).or_insert_with(value)
    }
}

#[cfg(test)]
mod tests {
    use super::{ClientKey, NameKey, Shard};

    fn pair(number: u32) -> (NameKey, ClientKey) {
        (NameKey::of("alice"), ClientKey::of(number.to_be_bytes().into()))
    }

    #[test]
    fn pairs_that_are_used_stay_and_others_make_room() {
        let mut shard = Shard::new(10);
        let get = |shard: &mut Shard<u32>, number| shard.with(pair(number), |value| *value);
        shard.put(pair(0), || 0);
        for number in 1..1000 {
            shard.put(pair(number), || number);
            assert_eq!([0, number].map(|number| get(&mut shard, number)), [Some(0), Some(number)]);
            assert!(shard.new.len() + shard.old.len() <= 10);
        }
        let kept: Vec<_> = (0..1000).filter(|number| get(&mut shard, *number).is_some()).collect();
        assert!(kept.contains(&999) && kept.len() >= 5, "{kept:?}");
    }
}
