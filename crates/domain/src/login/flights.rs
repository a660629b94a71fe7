//! Equal checks that are under way at the same time, of which one is made.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use super::cache::Fingerprint;

/// The checks that are under way, by the fingerprints of their claims.
pub(super) struct Flights<T>(Mutex<HashMap<Fingerprint, Flight<T>>>);

/// The outcome of a check, once there is one.
type Flight<T> = Arc<OnceLock<T>>;

/// A check in progress. It is over when this is dropped, even if the check panics.
struct UnderWay<'a, T> {
    flights: &'a Flights<T>,
    key: Fingerprint,
    flight: Flight<T>,
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
        let flight = Arc::clone(self.lock().entry(key).or_default());
        let under_way = UnderWay { flights: self, key, flight };
        under_way.flight.get_or_init(check).clone()
    }
}

impl<T> Flights<T> {
    fn lock(&self) -> MutexGuard<'_, HashMap<Fingerprint, Flight<T>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Drop for UnderWay<'_, T> {
    fn drop(&mut self) {
        let mut flights = self.flights.lock();
        // A later check may have taken the place.
        if flights.get(&self.key).is_some_and(|current| Arc::ptr_eq(current, &self.flight)) {
            flights.remove(&self.key);
        }
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
