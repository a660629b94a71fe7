//! Statistics of requests. Each worker has its own counters, which avoids contention between cores;
//! a scrape adds them up.

pub(crate) mod authentication;
pub(crate) mod operation;
pub(crate) mod worker;

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use rollcall_domain::statistics::{
    Family, HistogramSnapshot, Observe, TIMES,
    Values::{Counters, Gauges, Times},
    labelled, unlabelled,
};

use self::{
    authentication::Kind,
    operation::OperationLabel,
    worker::{STATUSES, Worker},
};

/// The statistics of one server, from all its workers.
#[derive(Clone, Default)]
pub struct HttpStatistics(Arc<Shared>);

#[derive(Default)]
struct Shared {
    workers: Mutex<Vec<Arc<Worker>>>,
    connections: AtomicU64,
}

/// An open connection, counted until this is dropped.
pub(crate) struct OpenConnection(Arc<Shared>);

impl HttpStatistics {
    /// Adds the counters of a worker.
    pub(crate) fn worker(&self) -> Arc<Worker> {
        let worker = Arc::new(Worker::new());
        self.workers().push(Arc::clone(&worker));
        worker
    }

    /// Counts an open connection.
    pub(crate) fn connection(&self) -> OpenConnection {
        self.0.connections.fetch_add(1, Ordering::Relaxed);
        OpenConnection(Arc::clone(&self.0))
    }

    fn workers(&self) -> MutexGuard<'_, Vec<Arc<Worker>>> {
        self.0.workers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.connections.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Observe for HttpStatistics {
    fn observe(&self) -> Vec<Family> {
        let workers = &*self.workers();
        let connections = self.0.connections.load(Ordering::Relaxed);
        vec![
            Family::new(
                "rollcall_http_requests",
                "Answered requests by operation and status.",
                Counters(labelled(["operation", "status"], answers(workers))),
            ),
            Family::new(
                "rollcall_http_request_duration",
                "Time from a request to the first byte of its answer.",
                Times(labelled(["operation"], times(workers))),
            ),
            Family::new(
                "rollcall_http_requests_in_flight",
                "Requests in progress.",
                Gauges(unlabelled(total(workers, |worker| &worker.in_flight))),
            ),
            Family::new(
                "rollcall_http_connections",
                "Open client connections.",
                Gauges(unlabelled(connections)),
            ),
            Family::new(
                "rollcall_authentications",
                "Credentials in requests by kind and outcome.",
                Counters(labelled(["kind", "outcome"], authentications(workers))),
            ),
            Family::new(
                "rollcall_database_abandoned_reads",
                "Requests rejected because a database read timed out.",
                Counters(unlabelled(total(workers, |worker| &worker.abandoned_reads))),
            ),
        ]
    }
}

fn total(workers: &[Arc<Worker>], count: impl Fn(&Worker) -> &AtomicU64) -> u64 {
    workers.iter().map(|worker| count(worker).load(Ordering::Relaxed)).sum()
}

/// Responses by operation and status, without those that are 0.
fn answers(workers: &[Arc<Worker>]) -> impl Iterator<Item = ([&'static str; 2], u64)> {
    let pairs =
        OperationLabel::all().flat_map(|label| (0..STATUSES.len()).map(move |at| (label, at)));
    let counts = pairs.map(move |(label, at)| {
        let count = total(workers, |worker| &worker.operations[label.place()].statuses[at]);
        ([label.name(), STATUSES[at]], count)
    });
    counts.filter(|(_, count)| *count > 0)
}

/// The time until responses began, by operation.
fn times(workers: &[Arc<Worker>]) -> impl Iterator<Item = ([&'static str; 1], HistogramSnapshot)> {
    OperationLabel::all().map(move |label| {
        let mut times = HistogramSnapshot::empty(TIMES);
        for worker in workers {
            times.add(&worker.operations[label.place()].times.snapshot());
        }
        ([label.name()], times)
    })
}

/// Credentials by kind and outcome.
fn authentications(workers: &[Arc<Worker>]) -> impl Iterator<Item = ([&'static str; 2], u64)> {
    let pairs = Kind::ALL
        .into_iter()
        .flat_map(|kind| kind.outcomes().iter().map(move |outcome| (kind, *outcome)));
    pairs.map(move |(kind, outcome)| {
        let [kind_at, outcome_at] = [kind as usize, outcome as usize];
        let count = total(workers, |worker| &worker.authentications[kind_at][outcome_at]);
        ([kind.name(), outcome.name()], count)
    })
}
