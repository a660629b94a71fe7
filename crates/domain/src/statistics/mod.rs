//! What is counted on the way, for those who watch over the service: plain numbers, whose names and form
//! are for others to give.

mod counter;
mod histogram;

pub use counter::Counter;
pub use histogram::{Histogram, HistogramSnapshot};

/// Half a decade apart, in nanoseconds: from what is done in no time to what nobody waits for.
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

/// How often something was found where it is kept, and how often not.
#[derive(Debug, Default)]
pub struct Lookups {
    /// Found.
    pub hits: Counter,
    /// Not found.
    pub misses: Counter,
}

impl Lookups {
    /// Counts one of either.
    pub fn count(&self, is_hit: bool) {
        if is_hit { &self.hits } else { &self.misses }.increment();
    }
}
