//! Metrics of requests, connections and authentications.

use std::fmt;

use rollcall_http::HttpSnapshot;

use crate::families::Families;

pub(crate) fn encode(families: &mut Families<'_>, http: &HttpSnapshot) -> fmt::Result {
    let labels: Vec<_> = http
        .operations
        .iter()
        .flat_map(|it| {
            it.statuses
                .iter()
                .map(|(status, count)| ([("operation", it.operation), ("status", *status)], *count))
        })
        .collect();
    families.counters(
        "rollcall_http_requests",
        "Answered requests by operation and status.",
        labels.iter().map(|(labels, count)| (&labels[..], *count)),
    )?;
    let labels: Vec<_> =
        http.operations.iter().map(|it| ([("operation", it.operation)], &it.times)).collect();
    families.times(
        "rollcall_http_request_duration",
        "Time from a request to the first byte of its answer.",
        labels.iter().map(|(labels, times)| (&labels[..], (*times).clone())),
    )?;
    families.gauge("rollcall_http_requests_in_flight", "Requests in progress.", http.in_flight)?;
    families.gauge("rollcall_http_connections", "Open client connections.", http.connections)?;
    let labels: Vec<_> = http
        .authentications
        .iter()
        .map(|(kind, outcome, count)| ([("kind", *kind), ("outcome", *outcome)], *count))
        .collect();
    families.counters(
        "rollcall_authentications",
        "Credentials in requests by kind and outcome.",
        labels.iter().map(|(labels, count)| (&labels[..], *count)),
    )?;
    families.counter(
        "rollcall_database_abandoned_reads",
        "Requests rejected because a database read timed out.",
        http.abandoned_reads,
    )
}
