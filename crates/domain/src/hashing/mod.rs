//! Where passwords are hashed: threads of their own behind a bounded, fair queue, so that a storm
//! of wrong passwords holds up neither those who are known already nor those who come for the first
//! time.

mod count;
mod hasher;
mod limits;
mod queue;
mod statistics;
mod verified;

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

use thiserror::Error;

pub use count::TooManyAttempts;
pub use hasher::PasswordHasher;
pub use limits::AttemptLimits;
pub use queue::Lane;
use queue::{Displaced, FairQueue, Place};
pub use statistics::HashingStatistics;
use statistics::PoolCounts;

/// How many jobs wait for each thread at most. At the usual costs that is some two seconds.
const WAITING_PER_THREAD: usize = 8;

/// How long a job may wait for a thread. The client has been answered 503 by then, so that nothing
/// is done for a request that was allowed long ago.
const PATIENCE: Duration = Duration::from_secs(5);

type Job = Box<dyn FnOnce() + Send>;

/// Threads that hash.
pub struct HashingPool {
    shared: Arc<Shared>,
    counts: Arc<PoolCounts>,
    patience: Duration,
}

/// There is more to hash than the pool takes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("too many passwords are waiting to be hashed")]
pub struct Overloaded;

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    queue: FairQueue<Job>,
    closed: bool,
}

impl HashingPool {
    /// A pool of `threads` for those who are not known to guess, and as many for those who are.
    /// Each calls `step_back` first, with whether it is one of the latter: the place to lower its
    /// priority.
    ///
    /// # Errors
    /// When the system gives no threads.
    pub fn start(threads: NonZeroUsize, step_back: fn(bool)) -> io::Result<Self> {
        let queue = FairQueue::new(threads.get() * WAITING_PER_THREAD);
        let state = Mutex::new(State { queue, closed: false });
        let shared = Arc::new(Shared { state, changed: Condvar::new() });
        let pool = Self { shared, counts: Arc::new(PoolCounts::new()), patience: PATIENCE };
        for is_suspect in [false, true].repeat(threads.get()) {
            let shared = Arc::clone(&pool.shared);
            thread::Builder::new().name("hashing".to_owned()).spawn(move || {
                step_back(is_suspect);
                while let Some(job) = shared.next(is_suspect) {
                    job();
                }
            })?;
        }
        Ok(pool)
    }

    /// Whether work queued at `place` would be turned away at once. False says nothing: a thread that
    /// serves must not wait here for one that hashes, which may have lost its core with the lock.
    fn is_full_for(&self, place: Place) -> bool {
        self.shared.state.try_lock().is_ok_and(|state| !state.queue.has_room_for(place))
    }

    /// Does `work` on a thread of the pool when it is the turn of `place`, and waits for it.
    ///
    /// # Errors
    /// [`Overloaded`], at once, as soon as the job has lost its place to another lane's, or when it
    /// has waited for too long.
    fn run<T: Send + 'static>(
        &self,
        place: Place,
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
            // Whoever waited may have gone.
            let _ = done.send(outcome);
        });
        let displaced = self.shared.lock().queue.push(place, job);
        self.shared.changed.notify_all();
        // Dropping a job hangs up on whoever waits for it.
        drop(displaced.map(|Displaced(job)| job));
        match outcome.recv_timeout(self.patience) {
            Ok(outcome) => Ok(outcome),
            Err(RecvTimeoutError::Timeout) if is_claimed.swap(true, Ordering::AcqRel) => {
                outcome.recv().map_err(|mpsc::RecvError| self.refusal())
            }
            Err(_) => Err(self.refusal()),
        }
    }

    /// Counts that a job is turned away.
    fn refusal(&self) -> Overloaded {
        self.counts.refused.increment();
        Overloaded
    }

    /// What was counted so far.
    fn statistics(&self) -> HashingStatistics {
        let (waiting, capacity) = {
            let state = self.shared.lock();
            (state.queue.length, state.queue.capacity)
        };
        self.counts.snapshot(waiting, capacity)
    }
}

impl Drop for HashingPool {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.changed.notify_all();
    }
}

impl Shared {
    /// The next job for this kind of thread, once there is one; none once the pool is closed.
    fn next(&self, is_suspect: bool) -> Option<Job> {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.queue.pop(is_suspect) {
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
    use super::{HashingPool, Lane, Overloaded, Place, WAITING_PER_THREAD};
    use std::{
        num::NonZeroUsize,
        sync::{Arc, Barrier},
        thread,
        time::Duration,
    };

    fn pool() -> HashingPool {
        HashingPool::start(NonZeroUsize::MIN, |_| {}).unwrap()
    }

    fn peer(number: u8) -> Place {
        Place { lane: Lane::of([127, 0, 0, number].into()), is_suspect: false }
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
        let impatient = HashingPool { shared, counts, patience: Duration::ZERO };
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
    fn a_crowd_is_turned_away_and_a_newcomer_is_not() {
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
            let crowd: Vec<_> = (0..WAITING_PER_THREAD)
                .map(|_| scope.spawn(move || pool.run(peer(1), || ())))
                .collect();
            while pool.shared.lock().queue.length < WAITING_PER_THREAD {
                thread::yield_now();
            }
            assert_eq!(pool.run(peer(1), || ()), Err(Overloaded));
            let newcomer = scope.spawn(move || pool.run(peer(2), || ()));
            // The newcomer has its place once one of the crowd has lost it.
            while !crowd.iter().any(thread::ScopedJoinHandle::is_finished) {
                thread::yield_now();
            }
            release.wait();
            assert_eq!(first.join().unwrap(), Ok(()));
            assert_eq!(newcomer.join().unwrap(), Ok(()));
            let outcomes: Vec<_> = crowd.into_iter().map(|it| it.join().unwrap()).collect();
            let turned_away = outcomes.iter().filter(|it| **it == Err(Overloaded)).count();
            assert_eq!(turned_away, 1);
        });
    }
}
