//! Equal checks that are under way at the same time, of which one is made.

use std::{
    collections::HashMap,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
};

use super::verified::Fingerprint;

/// The checks that are under way, by the fingerprints of their claims.
pub(super) struct Flights<T>(Mutex<HashMap<Fingerprint, Arc<Flight<T>>>>);

struct Flight<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

enum State<T> {
    UnderWay,
    Done(T),
    /// The check panicked.
    Lost,
}

/// The one that makes a check. The check is over when this is dropped, however that comes.
struct Leader<'a, T> {
    flights: &'a Flights<T>,
    key: Fingerprint,
    flight: Arc<Flight<T>>,
}

impl<T: Clone> Flights<T> {
    pub(super) fn new() -> Self {
        Self(Mutex::default())
    }

    /// Whether an equal check is under way.
    pub(super) fn contains(&self, key: &Fingerprint) -> bool {
        self.lock().contains_key(key)
    }

    /// Makes a check, or waits for the outcome of an equal one that is under way.
    pub(super) fn once(&self, key: Fingerprint, check: impl FnOnce() -> T) -> T {
        loop {
            match self.join(key) {
                Ok(leader) => {
                    let outcome = check();
                    *leader.flight.lock() = State::Done(outcome.clone());
                    return outcome;
                }
                Err(flight) => {
                    if let Some(outcome) = flight.wait() {
                        return outcome;
                    }
                }
            }
        }
    }

    /// Leads a new check, unless there is an equal one to wait for.
    fn join(&self, key: Fingerprint) -> Result<Leader<'_, T>, Arc<Flight<T>>> {
        let mut flights = self.lock();
        if let Some(flight) = flights.get(&key) {
            return Err(Arc::clone(flight));
        }
        let state = Mutex::new(State::UnderWay);
        let flight = Arc::new(Flight { state, changed: Condvar::new() });
        flights.insert(key, Arc::clone(&flight));
        Ok(Leader { flights: self, key, flight })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Fingerprint, Arc<Flight<T>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Clone> Flight<T> {
    /// The outcome once there is one; none if there will be none.
    fn wait(&self) -> Option<T> {
        let mut state = self.lock();
        loop {
            match &*state {
                State::Done(outcome) => return Some(outcome.clone()),
                State::Lost => return None,
                State::UnderWay => {
                    state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }
}

impl<T> Flight<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Drop for Leader<'_, T> {
    fn drop(&mut self) {
        self.flights.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
        let mut state = self.flight.lock();
        if matches!(*state, State::UnderWay) {
            *state = State::Lost;
        }
        drop(state);
        self.flight.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::Flights;
    use std::{
        panic::{AssertUnwindSafe, catch_unwind},
        sync::{
            Barrier,
            atomic::{AtomicUsize, Ordering},
        },
        thread,
    };

    #[test]
    fn equal_checks_at_the_same_time_are_one_check() {
        let (flights, barrier, checks) = (Flights::new(), Barrier::new(8), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    barrier.wait();
                    let outcome = flights.once([1; 32], || {
                        thread::sleep(std::time::Duration::from_millis(50));
                        checks.fetch_add(1, Ordering::SeqCst)
                    });
                    assert_eq!(outcome, 0);
                });
            }
        });
        assert_eq!(checks.into_inner(), 1);
        assert!(!flights.contains(&[1; 32]));
    }

    #[test]
    fn a_check_that_is_over_is_not_remembered() {
        let flights = Flights::new();
        assert_eq!([1, 2].map(|outcome| flights.once([1; 32], || outcome)), [1, 2]);
    }

    #[test]
    fn other_checks_are_made_beside_it() {
        let flights = Flights::new();
        let outcome = flights.once([1; 32], || {
            assert!(flights.contains(&[1; 32]) && !flights.contains(&[2; 32]));
            flights.once([2; 32], || 7)
        });
        assert_eq!(outcome, 7);
    }

    #[test]
    fn a_check_that_panics_leaves_nothing_behind() {
        let flights = Flights::new();
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            flights.once([1; 32], || -> u8 { panic!("a fault") });
        }));
        assert!(panicked.is_err());
        assert_eq!(flights.once([1; 32], || 7), 7);
    }
}
