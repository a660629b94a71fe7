//! A count that many threads add to at once.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// More than the threads that count much.
const SHARDS: usize = 16;

/// A number that only grows. Each thread adds to a shard of its own as far as there are any, so that the
/// cores do not take the number from one another.
#[derive(Debug, Default)]
pub struct Counter([Shard; SHARDS]);

/// As long as what a core takes at a time.
#[derive(Debug, Default)]
#[repr(align(64))]
struct Shard(AtomicU64);

impl Counter {
    /// Adds one.
    pub fn increment(&self) {
        static THREADS: AtomicUsize = AtomicUsize::new(0);
        thread_local! {
            static SHARD: usize = THREADS.fetch_add(1, Ordering::Relaxed) % SHARDS;
        }
        // A thread that is ending has no number any more.
        let shard = SHARD.try_with(|shard| *shard).unwrap_or_default();
        self.0[shard].0.fetch_add(1, Ordering::Relaxed);
    }

    /// The count so far.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.iter().map(|shard| shard.0.load(Ordering::Relaxed)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::{Counter, SHARDS};
    use std::thread;

    #[test]
    fn nothing_that_any_thread_counts_is_lost() {
        let counter = Counter::default();
        thread::scope(|scope| {
            for _ in 0..2 * SHARDS {
                scope.spawn(|| {
                    for _ in 0..1000 {
                        counter.increment();
                    }
                });
            }
        });
        assert_eq!(counter.get(), 2 * SHARDS as u64 * 1000);
    }
}
