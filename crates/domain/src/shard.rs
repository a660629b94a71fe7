//! In which part of a map a key is.

use std::hash::{Hash, Hasher};

/// Adds bytes up. Which part a key is in need not be hard to guess: a client that chooses keys of
/// one part shares a lock with itself. The map in the part has a keyed hash, which takes 20 times
/// as long.
#[derive(Default)]
struct Sum(u64);

/// The part of `count` that `key` is in.
#[must_use]
pub fn shard_of(key: &impl Hash, count: usize) -> usize {
    let mut sum = Sum::default();
    key.hash(&mut sum);
    usize::try_from(sum.finish()).unwrap_or_default() % count.max(1)
}

impl Hasher for Sum {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(31).wrapping_add(u64::from(*byte));
        }
    }

    fn finish(&self) -> u64 {
        // The lowest bits depend on the last bytes alone.
        self.0 ^ (self.0 >> 16) ^ (self.0 >> 32)
    }
}

#[cfg(test)]
mod tests {
    use super::shard_of;

    #[test]
    fn keys_that_are_alike_are_in_all_parts() {
        for prefix in ["user", "a long name of an account at example.com ", ""] {
            let mut counts = [0; 16];
            for number in 0..1600 {
                counts[shard_of(&format!("{prefix}{number}"), 16)] += 1;
            }
            assert!(counts.iter().all(|count| (40..=200).contains(count)), "{counts:?}");
        }
        let mut counts = [0; 16];
        for id in 0..1600_i64 {
            counts[shard_of(&id, 16)] += 1;
        }
        assert!(counts.iter().all(|count| (40..=200).contains(count)), "{counts:?}");
    }
}
