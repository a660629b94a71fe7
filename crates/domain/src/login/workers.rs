//! Where passwords are hashed: threads of their own behind a bounded, fair queue, so that a storm
//! of wrong passwords holds up neither clients that are known already nor those that come for the
//! first time.

use std::{
    io,
    num::NonZeroUsize,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

use super::{
    queue::{FairQueue, random_below},
    queue_slot::QueueSlot,
    statistics::PoolCounts,
};
use crate::{error::too_many::Overloaded, statistics::family::Family};

/// How many jobs wait for each thread at most. At the usual costs that is some two seconds.
const WAITING_PER_THREAD: usize = 8;

/// How long a job may wait for a thread. The client has been answered 503 by then, so that nothing
/// is done for a request that was allowed long ago.
const PATIENCE: Duration = Duration::from_secs(5);
/// Of so many jobs of a client that has most of a full queue one is let in, to be drawn against the
/// others: letting all in would make refusals dear in a storm.
const LET_IN_OF: usize = 8;

type Job = Box<dyn FnOnce() + Send>;

/// Threads that hash.
pub struct HashingWorkers {
    shared: Arc<Shared>,
    counts: Arc<PoolCounts>,
    patience: Duration,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    queue: FairQueue<Job>,
    closed: bool,
}

impl HashingWorkers {
    /// A pool of `threads` for clients that may be guessing, and as many for all others. Each calls
    /// `step_back` first, with whether it is for the former: the place to lower its priority.
    ///
    /// # Errors
    /// When the system gives no threads.
    pub fn start(threads: NonZeroUsize, step_back: fn(bool)) -> io::Result<Self> {
        let queue = FairQueue::new(threads.get() * WAITING_PER_THREAD);
        let state = Mutex::new(State { queue, closed: false });
        let shared = Arc::new(Shared { state, changed: Condvar::new() });
        let pool = Self { shared, counts: Arc::new(PoolCounts::new()), patience: PATIENCE };
        for is_penalised in [false, true].repeat(threads.get()) {
            let shared = Arc::clone(&pool.shared);
            thread::Builder::new().name("hashing".to_owned()).spawn(move || {
                step_back(is_penalised);
                while let Some(job) = shared.next(is_penalised) {
                    job();
                }
            })?;
        }
        Ok(pool)
    }

    /// Whether work queued at `slot` is to be turned away at once. False says nothing: a thread
    /// that serves must not wait here for one that hashes, which may have lost its core with the
    /// lock.
    pub(super) fn is_full_for(&self, slot: QueueSlot) -> bool {
        self.shared.state.try_lock().is_ok_and(|state| {
            state.queue.is_closed_to(slot)
                || state.queue.is_crowded_by(slot) && random_below(LET_IN_OF) > 0
        })
    }

    /// Does `work` on a thread of the pool when it is the turn of `slot`, and waits for it.
    ///
    /// # Errors
    /// [`Overloaded`], at once, as soon as the job has given way to another one, or when it has
    /// waited for too long.
    pub(super) fn run<T: Send + 'static>(
        &self,
        slot: QueueSlot,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Overloaded> {
        let (done, outcome) = mpsc::sync_channel(1);
        let (counts, queued) = (Arc::clone(&self.counts), Instant::now());
        let is_claimed = Arc::new(AtomicBool::new(false));
        let is_begun = Arc::clone(&is_claimed);
        let job: Job = Box::new(move || {
            if is_begun.swap(true, Ordering::AcqRel) {
                return;
            }
            let outcome = counts.run(queued, work);
            // The caller may have gone.
            let _ = done.send(outcome);
        });
        let displaced = self.shared.lock().queue.push(slot, job);
        self.shared.changed.notify_all();
        // Dropping a job hangs up on the caller that waits for it.
        drop(displaced);
        match outcome.recv_timeout(self.patience) {
            Ok(outcome) => Ok(outcome),
            Err(RecvTimeoutError::Timeout) if is_claimed.swap(true, Ordering::AcqRel) => {
                outcome.recv().map_err(|mpsc::RecvError| self.overloaded())
            }
            Err(_) => Err(self.overloaded()),
        }
    }

    /// The refusal of a job, which it counts.
    fn overloaded(&self) -> Overloaded {
        self.count_refusal();
        Overloaded
    }

    /// Counts that a job is turned away.
    pub(super) fn count_refusal(&self) {
        self.counts.refused.increment();
    }

    /// Where the work counts what it does.
    pub(super) fn counts(&self) -> Arc<PoolCounts> {
        Arc::clone(&self.counts)
    }

    /// The metrics of the pool.
    pub(super) fn families(&self) -> Vec<Family> {
        let (waiting, capacity) = {
            let state = self.shared.lock();
            (state.queue.length(), state.queue.capacity)
        };
        self.counts.families(waiting, capacity)
    }
}

impl Drop for HashingWorkers {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.changed.notify_all();
    }
}

impl Shared {
    /// The next job for this kind of thread, once there is one; none once the pool is closed.
    fn next(&self, is_penalised: bool) -> Option<Job> {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.queue.pop(is_penalised) {
                return Some(job);
            }
            if state.closed {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{HashingWorkers, Overloaded, QueueSlot, WAITING_PER_THREAD};
    use crate::{client_key::ClientKey, login::queue_slot::Class};
    use std::{
        num::NonZeroUsize,
        sync::{Arc, Barrier},
        thread,
        time::Duration,
    };

    fn pool() -> HashingWorkers {
        HashingWorkers::start(NonZeroUsize::MIN, |_| {}).unwrap()
    }

    fn peer(number: u8) -> QueueSlot {
        let client_key = ClientKey::of([127, 0, number, 1].into());
        QueueSlot { client_key, class: Class::Stranger, weight: 1 }
    }

    #[test]
    fn work_is_done_and_its_outcome_returned() {
        let pool = pool();
        let on = pool.run(peer(1), || thread::current().name().map(str::to_owned));
        assert_eq!(on, Ok(Some("hashing".to_owned())));
    }

    #[test]
    fn a_job_that_waits_for_too_long_is_refused_and_never_done() {
        let (begun, release): (&'static Barrier, &'static Barrier) =
            (Box::leak(Box::new(Barrier::new(2))), Box::leak(Box::new(Barrier::new(2))));
        let pool = &pool();
        let (shared, counts) = (Arc::clone(&pool.shared), Arc::clone(&pool.counts));
        let impatient = HashingWorkers { shared, counts, patience: Duration::ZERO };
        thread::scope(|scope| {
            let first = scope.spawn(move || {
                pool.run(peer(1), || {
                    begun.wait();
                    release.wait();
                })
            });
            begun.wait();
            let refused = impatient.run(peer(2), || panic!("it was refused"));
            assert_eq!(refused, Err::<(), _>(Overloaded));
            release.wait();
            assert_eq!(first.join().unwrap(), Ok(()));
        });
    }

    #[test]
    fn one_of_a_crowd_gives_way_to_another_client() {
        let pool = &pool();
        let (begun, release) = (Barrier::new(2), Barrier::new(2));
        let (begun, release): (&'static Barrier, &'static Barrier) =
            (Box::leak(Box::new(begun)), Box::leak(Box::new(release)));
        thread::scope(|scope| {
            let first = scope.spawn(move || {
                pool.run(peer(1), || {
                    begun.wait();
                    release.wait();
                })
            });
            begun.wait();
            let crowd: Vec<_> = (0..=WAITING_PER_THREAD)
                .map(|_| scope.spawn(move || pool.run(peer(1), || ())))
                .collect();
            let refused = || crowd.iter().filter(|job| job.is_finished()).count();
            while refused() < 1 {
                thread::yield_now();
            }
            assert!(!pool.is_full_for(peer(2)));
            let newcomer = scope.spawn(move || pool.run(peer(2), || ()));
            while refused() < 2 {
                thread::yield_now();
            }
            release.wait();
            assert_eq!(first.join().unwrap(), Ok(()));
            assert_eq!(newcomer.join().unwrap(), Ok(()));
            let outcomes: Vec<_> = crowd.into_iter().map(|job| job.join().unwrap()).collect();
            let refused = outcomes.iter().filter(|outcome| **outcome == Err(Overloaded)).count();
            assert_eq!(refused, 2);
        });
    }
}
