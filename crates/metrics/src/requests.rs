//! Requests, and who sent them as far as that is a kind.

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
        "Requests that were answered, by operation of the API and status.",
        labels.iter().map(|(labels, count)| (&labels[..], *count)),
    )?;
    let labels: Vec<_> =
        http.operations.iter().map(|it| ([("operation", it.operation)], &it.times)).collect();
    families.times(
        "rollcall_http_request_duration",
        "Time until the answer to a request begins.",
        labels.iter().map(|(labels, times)| (&labels[..], (*times).clone())),
    )?;
    families.gauge(
        "rollcall_http_requests_in_flight",
        "Requests that are not answered yet.",
        http.in_flight,
    )?;
    families.gauge("rollcall_http_connections", "Connections that are open.", http.connections)?;
    let labels: Vec<_> = http
        .authentications
        .iter()
        .map(|(kind, outcome, count)| ([("kind", *kind), ("outcome", *outcome)], *count))
        .collect();
    families.counters(
        "rollcall_authentications",
        "Credentials that came with requests, by kind and what became of them.",
        labels.iter().map(|(labels, count)| (&labels[..], *count)),
    )?;
    families.counter(
        "rollcall_database_abandoned_reads",
        "Requests that were refused because a row did not come in time.",
        http.abandoned_reads,
    )
}
