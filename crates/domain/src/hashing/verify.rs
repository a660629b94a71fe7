//! Checks of claims to be a user: counted, shared, and made once.

use zeroize::Zeroizing;

use super::{Lane, Overloaded, PasswordHasher, TooManyAttempts, check::check};
use crate::{NameKey, PasswordHash, UserError};

/// A password that is said to be that of a name, and where that comes from.
#[derive(Clone, Copy)]
pub(crate) struct Claim<'a> {
    pub(crate) lane: Lane,
    pub(crate) name: &'a NameKey,
    pub(crate) password: &'a str,
}

/// What became of a check, and the hash that it was made against.
#[derive(Clone)]
pub(super) struct Verdict {
    hash: Option<PasswordHash>,
    outcome: Result<bool, Failure>,
}

/// Why a password was not checked.
#[derive(Clone, Copy, Debug)]
pub(super) enum Failure {
    TooMany(TooManyAttempts),
    Overloaded,
}

impl PasswordHasher {
    /// Whether `claim` is known to be right, because its address has itself proved it against this
    /// `hash` and not long ago. Costs next to nothing; false says nothing.
    ///
    /// # Errors
    /// [`UserError::TooManyAttempts`] and [`UserError::Overloaded`] when [`PasswordHasher::verify`]
    /// would not find out now.
    pub(crate) fn knows(
        &self,
        claim: Claim<'_>,
        hash: Option<&PasswordHash>,
    ) -> Result<bool, UserError> {
        let is_known = self.is_exempt(claim, hash);
        self.lookups.count(is_known);
        if is_known {
            return Ok(true);
        }
        let Some(failure) = self.refusal(claim) else { return Ok(false) };
        // An equal check is under way, or has been made since it was looked for.
        if self.flights.contains(&self.verified.fingerprint_of_claim(claim)) {
            return Ok(false);
        }
        if self.is_exempt(claim, hash) {
            return Ok(true);
        }
        match failure {
            Failure::TooMany(_) => self.proofs.failed(claim.name, claim.lane),
            Failure::Overloaded => self.pool.count_refusal(),
        }
        Err(failure.into())
    }

    /// Whether `claim` is right by `hash`, or the same work if there is none. Of equal claims that
    /// come together one is counted and costs a hash, and `on_match` is called once if they are
    /// right.
    ///
    /// # Errors
    /// [`UserError::TooManyAttempts`] and [`UserError::Overloaded`].
    pub(crate) fn verify(
        &self,
        claim: Claim<'_>,
        hash: Option<&PasswordHash>,
        on_match: impl FnOnce(),
    ) -> Result<bool, UserError> {
        let mut on_match = Some(on_match);
        let flight = self.verified.fingerprint_of_claim(claim);
        loop {
            if self.is_exempt(claim, hash) {
                return Ok(true);
            }
            let verdict = self.flights.once(flight, || {
                let outcome = self.check_counted(claim, hash);
                if let (Ok(true), Some(on_match)) = (outcome, on_match.take()) {
                    on_match();
                }
                Verdict { hash: hash.cloned(), outcome }
            });
            let matches = verdict.outcome?;
            // What another hash says holds for another state of the account, which may be gone by
            // now.
            if verdict.hash.as_ref() == hash {
                return Ok(matches);
            }
        }
    }

    /// Counts a claim, and checks it. Only if it is let through may the memory of earlier checks
    /// spare the hash; and only at its turn, so that it is no answer to a request that the queue
    /// refuses.
    fn check_counted(
        &self,
        claim: Claim<'_>,
        hash: Option<&PasswordHash>,
    ) -> Result<bool, Failure> {
        // An equal one may have ended since.
        if self.is_exempt(claim, hash) {
            return Ok(true);
        }
        let Claim { lane, name, password } = claim;
        let place = self.place(lane);
        self.attempts.begin(name, lane).map_err(|error| {
            self.proofs.failed(name, lane);
            Failure::TooMany(error)
        })?;
        // Nothing was ever verified against the decoy, but the work is the same.
        let (cost, decoy) = (self.cost(), PasswordHash::decoy(self.cost()));
        let fingerprint = self.verified.fingerprint(hash.unwrap_or(&decoy), password);
        let is_verified = self.verified.contains(&fingerprint);
        let (hash, text) = (hash.cloned(), Zeroizing::new(password.to_owned()));
        let counts = self.pool.counts();
        let work = move || is_verified || check(hash.as_ref(), &text, cost, &counts);
        let Ok(matches) = self.pool.run(place, work) else {
            self.attempts.undone(name, lane);
            return Err(Failure::Overloaded);
        };
        if matches {
            self.attempts.succeeded(name, lane);
            self.remember(claim, fingerprint);
        } else {
            self.proofs.failed(name, lane);
        }
        Ok(matches)
    }

    fn is_exempt(&self, claim: Claim<'_>, hash: Option<&PasswordHash>) -> bool {
        let Claim { lane, name, password } = claim;
        self.proofs.exempt(name, lane, || Some(self.verified.fingerprint(hash?, password)))
    }

    /// Why a claim would be refused without a look at it.
    fn refusal(&self, Claim { lane, name, .. }: Claim<'_>) -> Option<Failure> {
        if let Err(error) = self.attempts.check(name, lane) {
            return Some(Failure::TooMany(error));
        }
        self.pool.is_full_for(self.place(lane)).then_some(Failure::Overloaded)
    }
}

impl From<Failure> for UserError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::TooMany(error) => error.into(),
            Failure::Overloaded => Overloaded.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Claim, Lane, PasswordHasher};
    use crate::{AttemptLimits, HashCost, HashingPool, NameKey, Password, PasswordHash};
    use std::{
        num::{NonZeroU32, NonZeroUsize},
        sync::Barrier,
        thread,
        time::Duration,
    };

    const PASSWORD: &str = "correct horse battery";

    fn hasher() -> PasswordHasher {
        let limit = NonZeroU32::new(10).unwrap();
        let limits = AttemptLimits {
            failures_per_account: limit,
            failures_per_address: limit,
            registrations_per_address: limit,
        };
        let pool = HashingPool::start(NonZeroUsize::MIN, |_| {}).unwrap();
        PasswordHasher::new(pool, HashCost::new(4).unwrap(), limits).unwrap()
    }

    fn hash(password: &str) -> PasswordHash {
        let password = Password::parse(password).unwrap();
        PasswordHash::new(&password, HashCost::new(4).unwrap()).unwrap()
    }

    /// Does `work` while the only thread is held up, and lets the thread go on when `work` says so.
    fn while_held_up(hasher: &PasswordHasher, work: impl FnOnce(&dyn Fn())) {
        let barrier: &'static Barrier = Box::leak(Box::new(Barrier::new(2)));
        let place = hasher.place(Lane::default());
        thread::scope(|scope| {
            scope.spawn(move || hasher.pool.run(place, || barrier.wait()).map(drop));
            while hasher.statistics().running == 0 {
                thread::yield_now();
            }
            work(&|| {
                barrier.wait();
            });
        });
    }

    fn wait_for(hasher: &PasswordHasher, claim: Claim<'_>) {
        while !hasher.flights.contains(&hasher.verified.fingerprint_of_claim(claim)) {
            thread::yield_now();
        }
    }

    /// The password is changed while an equal check of the old one is under way.
    #[test]
    fn a_claim_shares_no_verdict_on_another_hash() {
        let (hasher, name) = (&hasher(), &NameKey::of("alice"));
        let (old, new) = (&hash(PASSWORD), &hash("another one of hers"));
        let claim = Claim { lane: Lane::of([10, 0, 0, 1].into()), name, password: PASSWORD };
        while_held_up(hasher, |go_on| {
            thread::scope(|scope| {
                let before = scope.spawn(move || hasher.verify(claim, Some(old), || {}).unwrap());
                wait_for(hasher, claim);
                let after = scope.spawn(move || hasher.verify(claim, Some(new), || {}).unwrap());
                // Long enough to join the check that is under way.
                thread::sleep(Duration::from_millis(50));
                go_on();
                assert_eq!([before, after].map(|it| it.join().unwrap()), [true, false]);
            });
        });
    }

    #[test]
    fn a_known_password_from_a_new_address_waits_for_its_turn() {
        let (hasher, name) = (&hasher(), &NameKey::of("alice"));
        let hash = &hash(PASSWORD);
        let claim = |number| {
            let lane = Lane::of([10, 0, number, 1].into());
            Claim { lane, name, password: PASSWORD }
        };
        assert!(hasher.verify(claim(1), Some(hash), || {}).unwrap());
        while_held_up(hasher, |go_on| {
            thread::scope(|scope| {
                let waiting =
                    scope.spawn(move || hasher.verify(claim(2), Some(hash), || {}).unwrap());
                wait_for(hasher, claim(2));
                assert!(!waiting.is_finished());
                assert!(hasher.verify(claim(1), Some(hash), || {}).unwrap());
                go_on();
                assert!(waiting.join().unwrap());
            });
        });
    }
}
