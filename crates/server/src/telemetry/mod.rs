//! What a process tells about itself: its log and its metrics.

pub(crate) mod log;
pub(crate) mod metrics;
