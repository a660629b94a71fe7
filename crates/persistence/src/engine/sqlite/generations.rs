//! Values by key, of which those that are read stay.

use std::{collections::HashMap, hash::Hash, mem, sync::Arc};

/// Values in two generations. Those that are read move to the new one. When that has half of the
/// capacity, it becomes the old one, and values that were not read since are dropped.
///
/// A value is shared, so that it can be copied after a lock on this is released.
pub(super) struct Generations<K, V> {
    capacity: usize,
    new: HashMap<K, Arc<V>>,
    old: HashMap<K, Arc<V>>,
}

impl<K: Hash + Eq, V> Generations<K, V> {
    pub(super) fn new(capacity: usize) -> Self {
        Self { capacity, new: HashMap::new(), old: HashMap::new() }
    }

    pub(super) fn get(&mut self, key: &K) -> Option<Arc<V>> {
        if let Some(value) = self.new.get(key) {
            return Some(Arc::clone(value));
        }
        let (key, value) = self.old.remove_entry(key)?;
        self.put(key, Arc::clone(&value));
        Some(value)
    }

    pub(super) fn insert(&mut self, key: K, value: V) {
        self.put(key, Arc::new(value));
    }

    fn put(&mut self, key: K, value: Arc<V>) {
        if self.new.len() >= self.capacity / 2 {
            self.old = mem::take(&mut self.new);
        }
        self.new.insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::Generations;

    #[test]
    fn values_that_are_read_stay_and_others_make_room() {
        let mut values = Generations::new(10);
        for key in 0..1000 {
            values.insert(key, key);
            assert_eq!(values.get(&0).as_deref(), Some(&0));
            assert_eq!(values.get(&key).as_deref(), Some(&key));
            assert!(values.new.len() + values.old.len() <= 10);
        }
        let kept: Vec<_> = (0..1000).filter(|key| values.get(key).is_some()).collect();
        assert!(kept.contains(&0) && kept.contains(&999) && kept.len() >= 5, "{kept:?}");
    }

    #[test]
    fn the_last_value_of_a_key_counts() {
        let mut values = Generations::new(4);
        for value in 0..100 {
            values.insert("key", value);
            values.insert(["a", "b", "c"][value % 3], 1000);
            assert_eq!(values.get(&"key").as_deref(), Some(&value));
        }
    }
}
