//! Statistics of requests. Each worker has its own counters, which avoids contention between cores;
//! a snapshot adds them up.

mod authentication;
mod operation;
mod worker;

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

pub(crate) use authentication::{Kind, Outcome};
pub(crate) use operation::{Labels, OperationLabel};
use rollcall_domain::statistics::{HistogramSnapshot, TIMES};
pub(crate) use worker::{InFlight, Worker};

/// The statistics of one server, from all its workers.
#[derive(Clone, Default)]
pub struct HttpStatistics(Arc<Shared>);

#[derive(Default)]
struct Shared {
    workers: Mutex<Vec<Arc<Worker>>>,
    connections: AtomicU64,
}

/// The counts of a server so far, and its current state.
#[derive(Clone, Debug)]
pub struct HttpSnapshot {
    /// The responses of each operation, and of requests for none.
    pub operations: Vec<OperationStatistics>,
    /// Credentials by kind and outcome.
    pub authentications: Vec<(&'static str, &'static str, u64)>,
    /// Requests in progress.
    pub in_flight: u64,
    /// Open connections.
    pub connections: u64,
    /// Requests that gave up waiting for the store.
    pub abandoned_reads: u64,
}

/// The responses of one operation.
#[derive(Clone, Debug)]
pub struct OperationStatistics {
    /// The operation's id in the API document, or another fixed name.
    pub operation: &'static str,
    /// The number of responses by status, without those that are 0.
    pub statuses: Vec<(&'static str, u64)>,
    /// The time until the response began, in nanoseconds.
    pub times: HistogramSnapshot,
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

    /// The statistics so far.
    #[must_use]
    pub fn snapshot(&self) -> HttpSnapshot {
        let workers = self.workers();
        let sum = |count: &dyn Fn(&Worker) -> u64| workers.iter().map(|it| count(it)).sum();
        let operations = OperationLabel::all().map(|label| {
            let mut times = HistogramSnapshot::empty(TIMES);
            workers.iter().for_each(|worker| times.add(&worker.times(label)));
            let statuses = worker::STATUSES.iter().enumerate();
            let statuses = statuses
                .map(|(place, status)| (*status, sum(&|worker| worker.answers(label, place))));
            let statuses = statuses.filter(|(_, count)| *count > 0).collect();
            OperationStatistics { operation: label.name(), statuses, times }
        });
        let authentications = Kind::ALL.iter().flat_map(|kind| {
            let outcomes = kind.outcomes().iter();
            outcomes.map(|it| (*kind, *it))
        });
        HttpSnapshot {
            operations: operations.collect(),
            authentications: authentications
                .map(|(kind, it)| {
                    (kind.name(), it.name(), sum(&|worker| worker.authentications(kind, it)))
                })
                .collect(),
            in_flight: sum(&Worker::in_flight),
            connections: self.0.connections.load(Ordering::Relaxed),
            abandoned_reads: sum(&Worker::abandoned_reads),
        }
    }

    fn workers(&self) -> std::sync::MutexGuard<'_, Vec<Arc<Worker>>> {
        self.0.workers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.connections.fetch_sub(1, Ordering::Relaxed);
    }
}
