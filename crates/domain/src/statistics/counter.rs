//! A counter for many threads.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// At least the number of threads that count often.
const SHARDS: usize = 16;

/// A counter that only grows. Up to 16 threads each add to their own shard, which avoids contention
/// between cores.
#[derive(Debug, Default)]
pub struct Counter([Shard; SHARDS]);

/// The size of a cache line, so that shards do not share one.
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
        // A thread that is ending has no shard any more.
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
