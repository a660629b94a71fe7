//! How many changes a user who is no admin may make: each process has a token bucket for each of
//! them.
//!
//! Every change is an entry of the audit log, which nothing is ever removed from, and a conflict
//! tells that another user has a name or an address. Neither may be had at the speed of requests.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use moka::{policy::EvictionPolicy, sync::Cache};

use crate::{Caller, TooManyAttempts, User, UserId};

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

/// The buckets of all users who are no admins.
pub struct ChangeBudget {
    /// How long it takes until there is one token more. None when nothing is limited.
    interval: Option<Duration>,
    buckets: Cache<UserId, Arc<Mutex<Bucket>>>,
}

/// When the bucket is full again. A time in the past is a full bucket.
#[derive(Clone, Copy)]
struct Bucket {
    /// By log-ins and changes alone.
    full_again: Instant,
    /// By conflicts too, which never keep the user from logging in.
    full_again_with_conflicts: Instant,
}

impl ChangeBudget {
    /// Lets each user make so many changes a minute, and twice as many at once; 0 is no limit.
    #[must_use]
    pub fn new(changes_per_minute: u32) -> Self {
        let buckets = Cache::builder()
            .max_capacity(MAX_BUCKETS)
            .time_to_idle(IDLE)
            .eviction_policy(EvictionPolicy::lru())
            .build();
        Self { interval: MINUTE.checked_div(changes_per_minute), buckets }
    }

    /// Takes a token for a session that `user` begins.
    pub(crate) fn log_in(&self, user: &User) -> Result<(), TooManyAttempts> {
        if user.is_enabled_admin() {
            return Ok(());
        }
        self.with(user.id, |bucket, interval| bucket.log_in(Instant::now(), interval))
            .unwrap_or(Ok(()))
    }

    /// Whether `caller` has a token for a change.
    pub(crate) fn check(&self, caller: &Caller) -> Result<(), TooManyAttempts> {
        let Some(id) = limited(caller) else { return Ok(()) };
        self.with(id, |bucket, interval| bucket.check(Instant::now(), interval)).unwrap_or(Ok(()))
    }

    /// Takes a token for a change that `caller` makes.
    pub(crate) fn change(&self, caller: &Caller) -> Result<(), TooManyAttempts> {
        let Some(id) = limited(caller) else { return Ok(()) };
        self.with(id, |bucket, interval| bucket.change(Instant::now(), interval)).unwrap_or(Ok(()))
    }

    /// Takes what a conflict costs beside the change. This is never refused, because the conflict
    /// has told something already: the user waits until all of it is paid.
    pub(crate) fn conflict(&self, caller: &Caller) {
        if let Some(id) = limited(caller) {
            self.with(id, |bucket, interval| bucket.conflict(Instant::now(), interval));
        }
    }

    /// Does `work` on a user's bucket; nothing when nothing is limited.
    fn with<T>(&self, id: UserId, work: impl FnOnce(&mut Bucket, Duration) -> T) -> Option<T> {
        let interval = self.interval?;
        let bucket = self.buckets.get_with(id, || Arc::new(Mutex::new(Bucket::full())));
        Some(work(&mut bucket.lock().unwrap_or_else(PoisonError::into_inner), interval))
    }
}

/// Whose changes are counted.
fn limited(caller: &Caller) -> Option<UserId> {
    match caller {
        Caller::User(user, _) if !caller.is_admin() => Some(user.id),
        _ => None,
    }
}

impl Bucket {
    fn full() -> Self {
        let now = Instant::now();
        Self { full_again: now, full_again_with_conflicts: now }
    }

    fn log_in(&mut self, now: Instant, interval: Duration) -> Result<(), TooManyAttempts> {
        require_token(self.full_again, now, interval)?;
        self.take(now, interval);
        Ok(())
    }

    fn check(self, now: Instant, interval: Duration) -> Result<(), TooManyAttempts> {
        require_token(self.full_again_with_conflicts, now, interval)
    }

    fn change(&mut self, now: Instant, interval: Duration) -> Result<(), TooManyAttempts> {
        self.check(now, interval)?;
        self.take(now, interval);
        Ok(())
    }

    fn conflict(&mut self, now: Instant, interval: Duration) {
        let rest = interval * (CONFLICT_COST - 1);
        self.full_again_with_conflicts = self.full_again_with_conflicts.max(now) + rest;
    }

    fn take(&mut self, now: Instant, interval: Duration) {
        self.full_again = self.full_again.max(now) + interval;
        self.full_again_with_conflicts = self.full_again_with_conflicts.max(now) + interval;
    }
}

/// Refuses unless a bucket that is full at `full_again` has a token now.
fn require_token(
    full_again: Instant,
    now: Instant,
    interval: Duration,
) -> Result<(), TooManyAttempts> {
    let missing = full_again.saturating_duration_since(now);
    match (missing + interval).checked_sub(MINUTE * BURST_MINUTES) {
        Some(wait) if !wait.is_zero() => Err(TooManyAttempts(wait)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Bucket, ChangeBudget, MINUTE};
    use crate::{
        Authentication, Caller, PasswordVersion, Roles, Status, TooManyAttempts, User, UserId,
        Username, Version,
    };
    use std::time::{Duration, Instant};

    const SECOND: Duration = Duration::from_secs(1);

    fn user(id: i64, roles: Roles) -> User {
        User {
            id: UserId(id),
            version: Version(0),
            create_time: jiff::Timestamp::UNIX_EPOCH,
            name: Username::parse("alice").unwrap(),
            email: None,
            status: Status::Enabled,
            roles,
        }
    }

    fn caller(id: i64, roles: Roles) -> Caller {
        Caller::User(user(id, roles), Authentication::Password(PasswordVersion(0)))
    }

    fn bucket(now: Instant) -> Bucket {
        Bucket { full_again: now, full_again_with_conflicts: now }
    }

    #[test]
    fn a_full_bucket_has_two_minutes_worth_and_refills_by_time() {
        let now = Instant::now();
        let mut bucket = bucket(now);
        for _ in 0..120 {
            assert_eq!(bucket.change(now, SECOND), Ok(()));
        }
        assert_eq!(bucket.change(now, SECOND), Err(TooManyAttempts(SECOND)));
        let half = now + SECOND / 2;
        assert_eq!(bucket.change(half, SECOND), Err(TooManyAttempts(SECOND / 2)));
        assert_eq!(bucket.change(now + SECOND, SECOND), Ok(()));
        assert!(bucket.change(now + SECOND, SECOND).is_err());
        let later = now + 10 * MINUTE;
        let taken = (0..200).filter(|_| bucket.change(later, SECOND).is_ok());
        assert_eq!(taken.count(), 120);
    }

    #[test]
    fn a_conflict_costs_ten_and_the_wait_pays_all_of_it() {
        let now = Instant::now();
        let mut bucket = bucket(now);
        for _ in 0..120 {
            bucket.change(now, SECOND).unwrap();
        }
        bucket.conflict(now, SECOND);
        let wait = 10 * SECOND;
        assert_eq!(bucket.change(now, SECOND), Err(TooManyAttempts(wait)));
        assert!(bucket.change(now + 9 * SECOND, SECOND).is_err());
        assert_eq!(bucket.change(now + wait, SECOND), Ok(()));
    }

    #[test]
    fn conflicts_never_keep_a_user_from_logging_in() {
        let now = Instant::now();
        let mut bucket = bucket(now);
        for _ in 0..12 {
            bucket.change(now, SECOND).unwrap();
            bucket.conflict(now, SECOND);
        }
        assert!(bucket.change(now, SECOND).is_err());
        let log_ins = (0..200).filter(|_| bucket.log_in(now, SECOND).is_ok());
        assert_eq!(log_ins.count(), 108);
    }

    #[test]
    fn each_user_has_a_bucket_and_admins_need_none() {
        let budget = ChangeBudget::new(1);
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
        let (budget, alice) = (ChangeBudget::new(0), caller(2, Roles::default()));
        for _ in 0..1000 {
            assert_eq!(budget.change(&alice), Ok(()));
            budget.conflict(&alice);
        }
    }
}
