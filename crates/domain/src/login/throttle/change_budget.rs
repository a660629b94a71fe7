//! How many changes a user who is no admin may make: each process has a token bucket for each of
//! them.
//!
//! Every change is an entry of the audit log, which nothing is ever removed from, and a conflict
//! tells that another user has a name or an address. Neither may be had at the speed of requests.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use moka::{policy::EvictionPolicy, sync::Cache};

use crate::{
    access::Caller, clock::Clock, error::too_many::TooManyAttempts, user::User, user_id::UserId,
};

/// What a conflict with another user's name or address costs.
pub(crate) const CONFLICT_COST: u32 = 10;

/// A full bucket has the tokens of two minutes.
const BURST_MINUTES: u32 = 2;

const MINUTE: Duration = Duration::from_secs(60);

/// How many users have a bucket at most: some 20 MB. The one that was unused for longest is
/// dropped, as if it were full.
const MAX_BUCKETS: u64 = 100_000;

/// After how long an unused bucket is dropped. It is full by then, unless it is for few
/// changes a minute and paid for many conflicts.
const IDLE: Duration = Duration::from_secs(60 * 60);

/// Who spends tokens. The keys of a user share a bucket of their own: a program in a loop, or a
/// thief of a key, does not keep the user from logging in and changing the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Spender {
    user: UserId,
    is_key: bool,
}

/// The buckets of all users who are no admins.
pub struct ChangeBudget {
    /// How long it takes until there is one token more. None when nothing is limited.
    interval: Option<Duration>,
    buckets: Cache<Spender, Arc<Mutex<Bucket>>>,
    clock: Arc<dyn Clock>,
}

/// When the bucket is full again. A time in the past is a full bucket.
#[derive(Clone, Copy, Default)]
struct Bucket {
    /// By log-ins and changes alone.
    full_again: Duration,
    /// By conflicts too, which never keep the user from logging in.
    full_again_with_conflicts: Duration,
}

impl ChangeBudget {
    /// Lets each user make so many changes a minute, and twice as many at once; 0 is no limit.
    #[must_use]
    pub fn new(changes_per_minute: u32, clock: Arc<dyn Clock>) -> Self {
        let buckets = Cache::builder()
            .max_capacity(MAX_BUCKETS)
            .time_to_idle(IDLE)
            .eviction_policy(EvictionPolicy::lru())
            .build();
        Self { interval: MINUTE.checked_div(changes_per_minute), buckets, clock }
    }

    /// Takes a token for a session that `user` begins.
    pub(crate) fn log_in(&self, user: &User) -> Result<(), TooManyAttempts> {
        if user.is_enabled_admin() {
            return Ok(());
        }
        self.with(Spender { user: user.id, is_key: false }, Bucket::log_in).unwrap_or(Ok(()))
    }

    /// Whether `caller` has a token for a change.
    pub(crate) fn check(&self, caller: &Caller) -> Result<(), TooManyAttempts> {
        let Some(spender) = limited(caller) else { return Ok(()) };
        self.with(spender, |bucket, now, interval| bucket.check(now, interval)).unwrap_or(Ok(()))
    }

    /// Takes a token for a change that `caller` makes.
    pub(crate) fn change(&self, caller: &Caller) -> Result<(), TooManyAttempts> {
        let Some(spender) = limited(caller) else { return Ok(()) };
        self.with(spender, Bucket::change).unwrap_or(Ok(()))
    }

    /// Takes what a conflict costs beside the change. This is never refused, because the conflict
    /// has told something already: the user waits until all of it is paid.
    pub(crate) fn conflict(&self, caller: &Caller) {
        if let Some(spender) = limited(caller) {
            self.with(spender, Bucket::conflict);
        }
    }

    /// Does `work` on a bucket; nothing when nothing is limited.
    fn with<T>(
        &self,
        spender: Spender,
        work: impl FnOnce(&mut Bucket, Duration, Duration) -> T,
    ) -> Option<T> {
        let (interval, now) = (self.interval?, self.clock.elapsed());
        let bucket = self.buckets.get_with(spender, Arc::default);
        Some(work(&mut bucket.lock().unwrap_or_else(PoisonError::into_inner), now, interval))
    }
}

/// Whose changes are counted.
fn limited(caller: &Caller) -> Option<Spender> {
    match caller {
        Caller::User(user, _) if !caller.is_admin() => {
            Some(Spender { user: user.id, is_key: caller.is_by_key() })
        }
        _ => None,
    }
}

impl Bucket {
    fn log_in(&mut self, now: Duration, interval: Duration) -> Result<(), TooManyAttempts> {
        require_token(self.full_again, now, interval)?;
        self.take(now, interval);
        Ok(())
    }

    fn check(self, now: Duration, interval: Duration) -> Result<(), TooManyAttempts> {
        require_token(self.full_again_with_conflicts, now, interval)
    }

    fn change(&mut self, now: Duration, interval: Duration) -> Result<(), TooManyAttempts> {
        self.check(now, interval)?;
        self.take(now, interval);
        Ok(())
    }

    fn conflict(&mut self, now: Duration, interval: Duration) {
        let rest = interval * (CONFLICT_COST - 1);
        self.full_again_with_conflicts = self.full_again_with_conflicts.max(now) + rest;
    }

    fn take(&mut self, now: Duration, interval: Duration) {
        self.full_again = self.full_again.max(now) + interval;
        self.full_again_with_conflicts = self.full_again_with_conflicts.max(now) + interval;
    }
}

/// Refuses unless a bucket that is full at `full_again` has a token now.
fn require_token(
    full_again: Duration,
    now: Duration,
    interval: Duration,
) -> Result<(), TooManyAttempts> {
    let missing = full_again.saturating_sub(now);
    match (missing + interval).checked_sub(MINUTE * BURST_MINUTES) {
        Some(wait) if !wait.is_zero() => Err(TooManyAttempts(wait)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{ChangeBudget, MINUTE};
    use crate::{
        access::{Authentication, Caller},
        clock::manual::ManualClock,
        error::too_many::TooManyAttempts,
        key::{KeyId, Scope, Scopes},
        user::{PasswordVersion, User, new_user::tests::account, role::Roles},
    };
    use std::{sync::Arc, time::Duration};

    const SECOND: Duration = Duration::from_secs(1);

    fn user(id: i64, roles: Roles) -> User {
        User { roles, ..account(id, "alice").user }
    }

    fn caller(id: i64, roles: Roles) -> Caller {
        Caller::User(user(id, roles), Authentication::Password(PasswordVersion(0)))
    }

    /// A budget of one change a second, the clock that it reads, and a user who is no admin.
    fn budget() -> (ChangeBudget, Arc<ManualClock>, Caller) {
        let clock = ManualClock::start();
        (ChangeBudget::new(60, clock.clone()), clock, caller(2, Roles::default()))
    }

    #[test]
    fn a_full_bucket_has_two_minutes_worth_and_refills_by_time() {
        let (budget, clock, alice) = budget();
        let change = || budget.change(&alice);
        assert!((0..120).all(|_| change().is_ok()));
        assert_eq!(change(), Err(TooManyAttempts(SECOND)));
        clock.advance(SECOND / 2);
        assert_eq!(change(), Err(TooManyAttempts(SECOND / 2)));
        clock.advance(SECOND / 2);
        assert_eq!(change(), Ok(()));
        assert!(change().is_err());
        clock.advance(10 * MINUTE);
        assert_eq!((0..200).filter(|_| change().is_ok()).count(), 120);
    }

    #[test]
    fn a_key_spends_no_tokens_of_its_user() {
        let (budget, _clock, alice) = budget();
        let scopes = Scopes::new([Scope::UsersWrite]);
        let alice_user = user(2, Roles::default());
        let key = Caller::User(alice_user.clone(), Authentication::Key(KeyId(7), scopes));
        assert!((0..120).all(|_| budget.change(&key).is_ok()));
        budget.conflict(&key);
        assert!(budget.change(&key).is_err());
        assert_eq!(budget.log_in(&alice_user), Ok(()));
        assert_eq!(budget.change(&alice), Ok(()));
    }

    #[test]
    fn a_conflict_costs_ten_and_the_wait_pays_all_of_it() {
        let (budget, clock, alice) = budget();
        assert!((0..120).all(|_| budget.change(&alice).is_ok()));
        budget.conflict(&alice);
        assert_eq!(budget.change(&alice), Err(TooManyAttempts(10 * SECOND)));
        clock.advance(9 * SECOND);
        assert!(budget.change(&alice).is_err());
        clock.advance(SECOND);
        assert_eq!(budget.change(&alice), Ok(()));
    }

    #[test]
    fn conflicts_never_keep_a_user_from_logging_in() {
        let (budget, _clock, alice) = budget();
        for _ in 0..12 {
            budget.change(&alice).unwrap();
            budget.conflict(&alice);
        }
        assert!(budget.change(&alice).is_err());
        let alice = user(2, Roles::default());
        assert_eq!((0..200).filter(|_| budget.log_in(&alice).is_ok()).count(), 108);
    }

    #[test]
    fn each_user_has_a_bucket_and_admins_need_none() {
        let budget = ChangeBudget::new(1, ManualClock::start());
        let [alice, bob] = [2, 3].map(|id| caller(id, Roles::default()));
        for _ in 0..2 {
            budget.change(&alice).unwrap();
        }
        assert!(budget.change(&alice).is_err());
        assert!(budget.log_in(&user(2, Roles::default())).is_err());
        assert_eq!(budget.change(&bob), Ok(()));
        for exempt in [caller(1, Roles::admin()), Caller::Operator, Caller::Anonymous] {
            for _ in 0..10 {
                assert_eq!(budget.change(&exempt), Ok(()));
                budget.conflict(&exempt);
            }
        }
        for _ in 0..10 {
            assert_eq!(budget.log_in(&user(1, Roles::admin())), Ok(()));
        }
    }

    #[test]
    fn zero_changes_a_minute_is_no_limit() {
        let (budget, alice) =
            (ChangeBudget::new(0, ManualClock::start()), caller(2, Roles::default()));
        for _ in 0..1000 {
            assert_eq!(budget.change(&alice), Ok(()));
            budget.conflict(&alice);
        }
    }
}
