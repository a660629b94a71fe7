//! Families of metrics: the counts of one name, with their help and their labels.

use std::{borrow::Cow, iter::zip};

use super::HistogramSnapshot;

/// A part of the server that counts.
pub trait Observe: Send + Sync {
    /// The current values. Does not query the database.
    fn observe(&self) -> Vec<Family>;
}

/// Metrics of one name. A scrape has each name once.
#[derive(Clone, Debug)]
pub struct Family {
    /// The name, without the unit and without `_total`.
    pub name: &'static str,
    /// One sentence about the metrics.
    pub help: &'static str,
    /// The values.
    pub values: Values,
}

/// The values of a family.
#[derive(Clone, Debug)]
pub enum Values {
    /// Numbers that only grow.
    Counters(Labelled<u64>),
    /// Numbers that grow and fall.
    Gauges(Labelled<u64>),
    /// Histograms of durations, in nanoseconds.
    Times(Labelled<HistogramSnapshot>),
    /// Histograms of sizes.
    Sizes(Labelled<HistogramSnapshot>),
    /// A time that only grows.
    SecondsTotal(f64),
    /// A time, or a duration.
    Seconds(f64),
    /// An amount of memory.
    Bytes(u64),
    /// Constant labels.
    Info(Labels),
}

/// Values by their labels.
pub type Labelled<V> = Vec<(Labels, V)>;

/// The labels of a metric: fixed texts, never input from clients.
pub type Labels = Vec<(&'static str, Cow<'static, str>)>;

impl<F: Fn() -> Vec<Family> + Send + Sync> Observe for F {
    fn observe(&self) -> Vec<Family> {
        self()
    }
}

impl Family {
    /// A family of these values.
    #[must_use]
    pub fn new(name: &'static str, help: &'static str, values: Values) -> Self {
        Self { name, help, values }
    }
}

/// A value without labels.
#[must_use]
pub fn unlabelled<V>(value: V) -> Labelled<V> {
    vec![(Labels::new(), value)]
}

/// Values by the texts of these labels.
pub fn labelled<const N: usize, T: Into<Cow<'static, str>>, V>(
    labels: [&'static str; N],
    values: impl IntoIterator<Item = ([T; N], V)>,
) -> Labelled<V> {
    let pairs = |texts: [T; N]| zip(labels, texts.map(Into::into)).collect();
    values.into_iter().map(|(of, value)| (pairs(of), value)).collect()
}
