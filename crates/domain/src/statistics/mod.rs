//! Counters and histograms for monitoring, and how they are reported.

pub(crate) mod counter;
pub(crate) mod family;
pub(crate) mod histogram;

pub use counter::Counter;
pub use family::{Family, Labelled, Labels, Observe, Values, labelled, unlabelled};
pub use histogram::{Histogram, HistogramSnapshot};

/// Bounds for durations in nanoseconds, half a decade apart: from instantaneous to far too long.
pub const TIMES: &[u64] = &[
    50_000,
    100_000,
    250_000,
    500_000,
    1_000_000,
    2_500_000,
    5_000_000,
    10_000_000,
    25_000_000,
    50_000_000,
    100_000_000,
    250_000_000,
    500_000_000,
    1_000_000_000,
    2_500_000_000,
    5_000_000_000,
    10_000_000_000,
];

/// Hits and misses of a cache.
#[derive(Debug, Default)]
pub struct Lookups {
    /// Found.
    pub hits: Counter,
    /// Not found.
    pub misses: Counter,
}

impl Lookups {
    /// Counts a hit or a miss.
    pub fn count(&self, is_hit: bool) {
        if is_hit { &self.hits } else { &self.misses }.increment();
    }
}
