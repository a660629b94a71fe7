//! Writes families of metrics.

use std::fmt;

use prometheus_client::{
    encoding::{DescriptorEncoder, MetricEncoder, NoLabelSet},
    metrics::{MetricType, exemplar::Exemplar},
    registry::Unit,
};
use rollcall_domain::statistics::HistogramSnapshot;

/// The labels of one metric of a family.
pub(crate) type Labels<'a> = &'a [(&'static str, &'a str)];

/// Nanoseconds per second.
const NANOSECONDS: f64 = 1e9;

/// The writer of families. Names are given without the unit and without `_total`.
pub(crate) struct Families<'a>(DescriptorEncoder<'a>);

impl<'a> Families<'a> {
    pub(crate) fn new(encoder: DescriptorEncoder<'a>) -> Self {
        Self(encoder)
    }

    /// Writes one counter.
    pub(crate) fn counter(&mut self, name: &str, help: &str, count: u64) -> fmt::Result {
        self.counters(name, help, [(&[][..], count)])
    }

    /// Writes counters.
    pub(crate) fn counters<'l>(
        &mut self,
        name: &str,
        help: &str,
        counts: impl IntoIterator<Item = (Labels<'l>, u64)>,
    ) -> fmt::Result {
        let mut family = self.0.encode_descriptor(name, help, None, MetricType::Counter)?;
        counts.into_iter().try_for_each(|(labels, count)| {
            labelled(&mut family, labels, |metric| {
                metric.encode_counter(&count, None::<&Exemplar<NoLabelSet, f64>>)
            })
        })
    }

    /// Writes a counter of seconds.
    pub(crate) fn seconds_total(&mut self, name: &str, help: &str, seconds: f64) -> fmt::Result {
        let unit = Some(&Unit::Seconds);
        let mut family = self.0.encode_descriptor(name, help, unit, MetricType::Counter)?;
        family.encode_counter(&seconds, None::<&Exemplar<NoLabelSet, f64>>)
    }

    /// Writes one gauge.
    pub(crate) fn gauge(&mut self, name: &str, help: &str, value: u64) -> fmt::Result {
        self.gauges(name, help, [(&[][..], value)])
    }

    /// Writes gauges.
    pub(crate) fn gauges<'l>(
        &mut self,
        name: &str,
        help: &str,
        values: impl IntoIterator<Item = (Labels<'l>, u64)>,
    ) -> fmt::Result {
        let mut family = self.0.encode_descriptor(name, help, None, MetricType::Gauge)?;
        values.into_iter().try_for_each(|(labels, value)| {
            labelled(&mut family, labels, |metric| metric.encode_gauge(&value))
        })
    }

    /// Writes a gauge of bytes.
    pub(crate) fn bytes(&mut self, name: &str, help: &str, bytes: u64) -> fmt::Result {
        let unit = Some(&Unit::Bytes);
        self.0.encode_descriptor(name, help, unit, MetricType::Gauge)?.encode_gauge(&bytes)
    }

    /// Writes a gauge of seconds.
    pub(crate) fn seconds(&mut self, name: &str, help: &str, seconds: f64) -> fmt::Result {
        let unit = Some(&Unit::Seconds);
        self.0.encode_descriptor(name, help, unit, MetricType::Gauge)?.encode_gauge(&seconds)
    }

    /// Writes histograms of durations, which are given in nanoseconds.
    pub(crate) fn times<'l>(
        &mut self,
        name: &str,
        help: &str,
        histograms: impl IntoIterator<Item = (Labels<'l>, HistogramSnapshot)>,
    ) -> fmt::Result {
        let unit = Some(&Unit::Seconds);
        let mut family = self.0.encode_descriptor(name, help, unit, MetricType::Histogram)?;
        histograms.into_iter().try_for_each(|(labels, histogram)| {
            labelled(&mut family, labels, |metric| buckets(metric, &histogram, NANOSECONDS))
        })
    }

    /// Writes a histogram of sizes.
    pub(crate) fn sizes(
        &mut self,
        name: &str,
        help: &str,
        histogram: &HistogramSnapshot,
    ) -> fmt::Result {
        let mut family = self.0.encode_descriptor(name, help, None, MetricType::Histogram)?;
        buckets(&mut family, histogram, 1.0)
    }

    /// Writes a metric of constant labels. `_info` is appended to its name.
    pub(crate) fn info(&mut self, name: &str, help: &str, labels: Labels<'_>) -> fmt::Result {
        self.0.encode_descriptor(name, help, None, MetricType::Info)?.encode_info(&labels)
    }
}

fn labelled(
    family: &mut MetricEncoder<'_>,
    labels: Labels<'_>,
    encode: impl FnOnce(&mut MetricEncoder<'_>) -> fmt::Result,
) -> fmt::Result {
    if labels.is_empty() { encode(family) } else { encode(&mut family.encode_family(&labels)?) }
}

/// Writes a histogram whose values are divided by `part` to get its unit.
#[expect(clippy::cast_precision_loss, reason = "a sum of times is not needed to the nanosecond")]
fn buckets(
    metric: &mut MetricEncoder<'_>,
    histogram: &HistogramSnapshot,
    part: f64,
) -> fmt::Result {
    let bounds = histogram.bounds.iter().map(|bound| *bound as f64 / part);
    let bounds = bounds.chain([f64::INFINITY]);
    let buckets: Vec<_> = bounds.zip(histogram.counts.iter().copied()).collect();
    let sum = histogram.sum as f64 / part;
    metric.encode_histogram::<NoLabelSet>(sum, histogram.count(), &buckets, None)
}
