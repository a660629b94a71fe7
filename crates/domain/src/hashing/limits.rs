//! How fast passwords may be guessed and users registered.

use std::{
    hash::Hash,
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use moka::sync::Cache;

use super::{
    Lane,
    count::{Count, TooManyAttempts},
};
use crate::NameKey;

/// How many accounts and addresses are kept count of at most.
const CAPACITY: u64 = 100_000;

/// After how long without an attempt a count is forgotten.
const IDLE: Duration = Duration::from_secs(15 * 60);

/// How long a count of one address lasts.
const MINUTE: Duration = Duration::from_secs(60);

/// How many failures of an address in a minute make nobody think of guessing.
const UNSUSPECTED: u32 = 5;

/// How many refusals an address gets at once in a minute, and how much later it gets further ones:
/// about what a guess takes that is looked at. Whoever does not wait as told must not keep a core busy
/// with being told so.
const REFUSED_AT_ONCE: u32 = 10;
const PAUSE: Duration = Duration::from_millis(250);

/// What is let through before somebody must wait.
#[derive(Clone, Copy, Debug)]
pub struct AttemptLimits {
    /// Failures in a row on one account from one address.
    pub failures_per_account: NonZeroU32,
    /// Failures in a minute from one address.
    pub failures_per_address: NonZeroU32,
    /// Registrations in a minute from one address.
    pub registrations_per_address: NonZeroU32,
}

/// Counts of the attempts that cost a hash. An attempt counts as failed from its beginning, so
/// that guesses made at the same time are counted as exactly as others.
pub(crate) struct Attempts {
    limits: AttemptLimits,
    accounts: Counts<(NameKey, Lane)>,
    addresses: Counts<Lane>,
    registrations: Counts<Lane>,
    refusals: Counts<Lane>,
}

struct Counts<K>(Cache<K, Arc<Mutex<Count>>>);

impl Attempts {
    pub(crate) fn new(limits: AttemptLimits) -> Self {
        let [addresses, registrations, refusals] = [(); 3].map(|()| Counts::new());
        Self { limits, accounts: Counts::new(), addresses, registrations, refusals }
    }

    /// Counts a guess at the password of `name`.
    pub(crate) fn begin(&self, name: &NameKey, lane: Lane) -> Result<(), TooManyAttempts> {
        // What one count refuses the other does not count.
        self.check(name, lane)?;
        let now = Instant::now();
        let AttemptLimits { failures_per_account, failures_per_address, .. } = self.limits;
        self.addresses.with(lane, |count| count.add(now, failures_per_address, Some(MINUTE)))?;
        let account = (name.clone(), lane);
        self.accounts.with(account, |count| count.add(now, failures_per_account, None))
    }

    /// How long a guess at the password of `name` would be told to wait.
    pub(crate) fn check(&self, name: &NameKey, lane: Lane) -> Result<(), TooManyAttempts> {
        let now = Instant::now();
        self.addresses.peek(&lane, |count| count.check(now)).unwrap_or(Ok(()))?;
        self.accounts.peek(&(name.clone(), lane), |count| count.check(now)).unwrap_or(Ok(()))
    }

    /// Whether an address has failed so often of late that everybody else goes first.
    pub(crate) fn are_suspect(&self, lane: Lane) -> bool {
        let attempts = |count: &Count| count.attempts_within(Instant::now(), MINUTE);
        self.addresses.peek(&lane, attempts).is_some_and(|attempts| attempts > UNSUSPECTED)
    }

    /// Takes back what was counted: the guess was right. The account's count begins anew.
    pub(crate) fn succeeded(&self, name: &NameKey, lane: Lane) {
        self.addresses.with(lane, Count::take_back);
        self.accounts.0.invalidate(&(name.clone(), lane));
    }

    /// Takes back what was counted: nobody looked at the guess.
    pub(crate) fn undone(&self, name: &NameKey, lane: Lane) {
        self.addresses.with(lane, Count::take_back);
        self.accounts.with((name.clone(), lane), Count::take_back);
    }

    /// Counts a refusal, and says how long to wait before it is answered.
    pub(crate) fn refuse(&self, lane: Lane) -> Duration {
        let now = Instant::now();
        let refusals = self.refusals.with(lane, |count| {
            // No number of refusals blocks anybody.
            let _ = count.add(now, NonZeroU32::MAX, Some(MINUTE));
            count.attempts_within(now, MINUTE)
        });
        if refusals > REFUSED_AT_ONCE { PAUSE } else { Duration::ZERO }
    }

    /// Counts a registration.
    pub(crate) fn register(&self, lane: Lane) -> Result<(), TooManyAttempts> {
        let (now, limit) = (Instant::now(), self.limits.registrations_per_address);
        self.registrations.with(lane, |count| count.add(now, limit, Some(MINUTE)))
    }
}

impl<K: Hash + Eq + Send + Sync + 'static> Counts<K> {
    fn new() -> Self {
        Self(Cache::builder().max_capacity(CAPACITY).time_to_idle(IDLE).build())
    }

    fn with<T>(&self, key: K, change: impl FnOnce(&mut Count) -> T) -> T {
        let count = self.0.get_with(key, Arc::default);
        change(&mut count.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn peek<T>(&self, key: &K, look: impl FnOnce(&Count) -> T) -> Option<T> {
        let count = self.0.get(key)?;
        Some(look(&count.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

#[cfg(test)]
mod tests {
    use super::{AttemptLimits, Attempts, Lane, PAUSE, REFUSED_AT_ONCE};
    use crate::NameKey;
    use std::{
        num::NonZeroU32,
        sync::{
            Barrier,
            atomic::{AtomicU32, Ordering},
        },
        thread,
        time::Duration,
    };

    fn limit(number: u32) -> NonZeroU32 {
        NonZeroU32::new(number).unwrap()
    }

    fn attempts(account: u32, address: u32) -> Attempts {
        Attempts::new(AttemptLimits {
            failures_per_account: limit(account),
            failures_per_address: limit(address),
            registrations_per_address: limit(3),
        })
    }

    fn peer(number: u8) -> Lane {
        Lane::of([127, 0, 0, number].into())
    }

    #[test]
    fn nobody_waits_for_what_others_do_elsewhere() {
        let (attempts, alice) = (attempts(2, 100), NameKey::of("alice"));
        for _ in 0..2 {
            attempts.begin(&alice, peer(1)).unwrap();
        }
        assert!(attempts.begin(&alice, peer(1)).is_err());
        assert!(attempts.check(&alice, peer(1)).is_err());
        assert_eq!(attempts.check(&alice, peer(2)), Ok(()));
        assert_eq!(attempts.begin(&NameKey::of("bob"), peer(1)), Ok(()));
    }

    #[test]
    fn a_right_password_clears_the_count_and_one_not_looked_at_leaves_it() {
        let (attempts, alice) = (attempts(2, 100), NameKey::of("alice"));
        for _ in 0..5 {
            attempts.begin(&alice, peer(1)).unwrap();
            attempts.undone(&alice, peer(1));
        }
        for _ in 0..2 {
            attempts.begin(&alice, peer(1)).unwrap();
        }
        attempts.succeeded(&alice, peer(1));
        assert_eq!(attempts.begin(&alice, peer(1)), Ok(()));
    }

    #[test]
    fn an_address_that_tries_many_names_waits() {
        let attempts = attempts(10, 5);
        for number in 0..5 {
            attempts.begin(&NameKey::of(&format!("name{number}")), peer(1)).unwrap();
        }
        assert!(attempts.begin(&NameKey::of("another"), peer(1)).is_err());
        assert_eq!(attempts.begin(&NameKey::of("another"), peer(2)), Ok(()));
    }

    #[test]
    fn parallel_guesses_are_counted_exactly() {
        let (attempts, alice) = (attempts(10, 1000), NameKey::of("alice"));
        let (barrier, let_through) = (Barrier::new(50), AtomicU32::new(0));
        thread::scope(|scope| {
            for _ in 0..50 {
                scope.spawn(|| {
                    barrier.wait();
                    let begun = attempts.begin(&alice, peer(1)).is_ok();
                    let_through.fetch_add(u32::from(begun), Ordering::SeqCst);
                });
            }
        });
        assert_eq!(let_through.into_inner(), 10);
    }

    #[test]
    fn an_address_that_does_not_wait_is_refused_slowly() {
        let attempts = attempts(10, 10);
        for _ in 0..REFUSED_AT_ONCE {
            assert_eq!(attempts.refuse(peer(1)), Duration::ZERO);
        }
        assert_eq!([(); 3].map(|()| attempts.refuse(peer(1))), [PAUSE; 3]);
        assert_eq!(attempts.refuse(peer(2)), Duration::ZERO);
    }

    #[test]
    fn registrations_are_counted_by_address() {
        let attempts = attempts(10, 10);
        for _ in 0..3 {
            attempts.register(peer(1)).unwrap();
        }
        assert!(attempts.register(peer(1)).is_err());
        assert_eq!(attempts.register(peer(2)), Ok(()));
    }
}
