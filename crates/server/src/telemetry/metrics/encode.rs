//! Writes families of metrics.

use std::fmt;

use prometheus_client::{
    encoding::{DescriptorEncoder, MetricEncoder, NoLabelSet},
    metrics::{MetricType, exemplar::Exemplar},
    registry::Unit,
};
use rollcall_domain::statistics::{Family, HistogramSnapshot, Labelled, Values};

/// Nanoseconds per second.
const NANOSECONDS: f64 = 1e9;

const NO_EXEMPLAR: Option<&Exemplar<NoLabelSet, f64>> = None;

/// Writes a family, with its type and its unit.
pub(crate) fn encode(encoder: &mut DescriptorEncoder<'_>, family: &Family) -> fmt::Result {
    let (kind, unit) = match family.values {
        Values::Counters(_) => (MetricType::Counter, None),
        Values::Gauges(_) => (MetricType::Gauge, None),
        Values::Times(_) => (MetricType::Histogram, Some(&Unit::Seconds)),
        Values::Sizes(_) => (MetricType::Histogram, None),
        Values::SecondsTotal(_) => (MetricType::Counter, Some(&Unit::Seconds)),
        Values::Seconds(_) => (MetricType::Gauge, Some(&Unit::Seconds)),
        Values::Bytes(_) => (MetricType::Gauge, Some(&Unit::Bytes)),
        Values::Info(_) => (MetricType::Info, None),
    };
    let mut metric = encoder.encode_descriptor(family.name, family.help, unit, kind)?;
    match &family.values {
        Values::Counters(counts) => {
            each(metric, counts, |metric, count| metric.encode_counter(count, NO_EXEMPLAR))
        }
        Values::Gauges(values) => {
            each(metric, values, |metric, &value| metric.encode_gauge(&value))
        }
        Values::Times(times) => {
            each(metric, times, |metric, times| buckets(metric, times, NANOSECONDS))
        }
        Values::Sizes(sizes) => each(metric, sizes, |metric, sizes| buckets(metric, sizes, 1.0)),
        Values::SecondsTotal(seconds) => metric.encode_counter(seconds, NO_EXEMPLAR),
        Values::Seconds(seconds) => metric.encode_gauge(seconds),
        Values::Bytes(bytes) => metric.encode_gauge(bytes),
        Values::Info(labels) => metric.encode_info(labels),
    }
}

/// Writes a metric for each value.
fn each<V>(
    mut family: MetricEncoder<'_>,
    values: &Labelled<V>,
    encode: impl Fn(&mut MetricEncoder<'_>, &V) -> fmt::Result,
) -> fmt::Result {
    values.iter().try_for_each(|(labels, value)| {
        if labels.is_empty() {
            encode(&mut family, value)
        } else {
            encode(&mut family.encode_family(labels)?, value)
        }
    })
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
