//! The counters of one worker, which no other thread writes.

use std::{
    array,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use actix_web::{HttpRequest, http::StatusCode};
use rollcall_domain::statistics::{Histogram, TIMES};

use super::{
    authentication::{Kind, Outcome},
    operation::OperationLabel,
};

/// The statuses that responses are counted by, the most frequent first. All others share one more
/// counter.
pub(super) const STATUSES: [&str; 26] = [
    "200", "201", "204", "304", "400", "401", "403", "404", "409", "412", "503", "302", "405",
    "408", "413", "414", "415", "417", "421", "422", "428", "429", "431", "500", "501", "other",
];

/// The counts of one worker.
pub(crate) struct Worker {
    pub(super) operations: [Answers; OperationLabel::COUNT],
    pub(super) authentications: [[AtomicU64; Outcome::COUNT]; Kind::ALL.len()],
    pub(super) in_flight: AtomicU64,
    pub(super) abandoned_reads: AtomicU64,
}

/// The responses of one operation.
pub(super) struct Answers {
    pub(super) statuses: [AtomicU64; STATUSES.len()],
    pub(super) times: Histogram,
}

/// A request in progress.
pub(crate) struct InFlight(Arc<Worker>);

impl Worker {
    pub(super) fn new() -> Self {
        Self {
            operations: array::from_fn(|_| Answers::new()),
            authentications: Default::default(),
            in_flight: AtomicU64::default(),
            abandoned_reads: AtomicU64::default(),
        }
    }

    /// The counters of the worker that handles `request`, if statistics are enabled.
    pub(crate) fn of(request: &HttpRequest) -> Option<&Arc<Self>> {
        request.app_data::<Arc<Self>>()
    }

    /// Counts the outcome of an authentication.
    pub(crate) fn authenticated(&self, kind: Kind, outcome: Outcome) {
        add(&self.authentications[kind as usize][outcome as usize]);
    }

    /// Counts a request that gave up waiting for the store.
    pub(crate) fn abandoned_read(&self) {
        add(&self.abandoned_reads);
    }
}

impl Answers {
    fn new() -> Self {
        Self { statuses: array::from_fn(|_| AtomicU64::default()), times: Histogram::new(TIMES) }
    }
}

impl InFlight {
    /// Counts the beginning of a request.
    pub(crate) fn begin(worker: &Arc<Worker>) -> Self {
        add(&worker.in_flight);
        Self(Arc::clone(worker))
    }

    /// Counts the response, which begins now.
    pub(crate) fn answered(self, operation: OperationLabel, status: StatusCode, time: Duration) {
        let answers = &self.0.operations[operation.place()];
        add(&answers.statuses[place(status)]);
        answers.times.record_time(time);
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The index of a status among those that are counted.
fn place(status: StatusCode) -> usize {
    let known = STATUSES.iter().position(|counted| *counted == status.as_str());
    known.unwrap_or(STATUSES.len() - 1)
}

fn add(count: &AtomicU64) {
    count.fetch_add(1, Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use super::{STATUSES, StatusCode, place};

    #[test]
    fn unexpected_statuses_share_one_counter() {
        for code in 100..1000 {
            let counted = STATUSES[place(StatusCode::from_u16(code).unwrap())];
            assert!(counted == code.to_string() || counted == "other", "{code}: {counted}");
        }
        assert_eq!(STATUSES[place(StatusCode::IM_A_TEAPOT)], "other");
        assert_eq!(place(StatusCode::OK), 0);
    }
}
