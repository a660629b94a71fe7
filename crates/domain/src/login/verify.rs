//! Checks of claims to be a user: counted, shared, and made once.

use super::{
    cache::Fingerprint,
    check::check,
    claim::Claim,
    hasher::PasswordHasher,
    verdict::{Failure, Outcome, Verdict},
};
use crate::{
    error::UserError,
    user::password::{
        hash::PasswordHash,
        presented::{Form, PresentedPassword},
    },
};

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
            Failure::TooMany(_) => self.proofs.failed(claim.name, claim.client_key),
            Failure::Overloaded => self.pool.count_refusal(),
        }
        Err(failure.into())
    }

    /// Whether `claim` is right by `hash`, or the same work if there is none. Of equal claims that
    /// come together one is counted and costs a hash, and `on_match` is called once if they are
    /// right, with the form that matches.
    ///
    /// # Errors
    /// [`UserError::TooManyAttempts`] and [`UserError::Overloaded`].
    pub(crate) fn verify(
        &self,
        claim: Claim<'_>,
        hash: Option<&PasswordHash>,
        on_match: impl FnOnce(Form),
    ) -> Result<bool, UserError> {
        let mut on_match = Some(on_match);
        let flight = self.verified.fingerprint_of_claim(claim);
        loop {
            if self.is_exempt(claim, hash) {
                return Ok(true);
            }
            let verdict = self.flights.once(flight, || {
                let outcome = self.check_counted(claim, hash);
                if let (Ok(Some(form)), Some(on_match)) = (outcome, on_match.take()) {
                    on_match(form);
                }
                Verdict { hash: hash.cloned(), outcome }
            });
            let matches = verdict.outcome?.is_some();
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
    fn check_counted(&self, claim: Claim<'_>, hash: Option<&PasswordHash>) -> Outcome {
        // An equal one may have ended since.
        if let Some(form) = self.exempt_form(claim, hash) {
            return Ok(Some(form));
        }
        let Claim { client_key, name, password } = claim;
        let slot = self.slot_of(claim);
        self.throttle.begin(name, client_key).map_err(|error| {
            self.proofs.failed(name, client_key);
            Failure::TooMany(error)
        })?;
        // Nothing was ever verified against the decoy, but the work is the same.
        let cost = self.cost.get();
        let decoy = PasswordHash::decoy(cost);
        let checked = hash.unwrap_or(&decoy);
        let verified = self.verified_form(checked, password);
        let (account_hash, presented) = (hash.cloned(), password.clone());
        let counts = self.pool.counts();
        let work =
            move || verified.or_else(|| check(account_hash.as_ref(), &presented, cost, &counts));
        let Ok(form) = self.pool.run(slot, work) else {
            self.throttle.undone(name, client_key);
            return Err(Failure::Overloaded);
        };
        if let Some(form) = form {
            self.throttle.succeeded(name, client_key);
            self.remember(claim, self.fingerprint(checked, password, form));
        } else {
            self.proofs.failed(name, client_key);
        }
        Ok(form)
    }

    /// The form that an earlier check found to match `hash`.
    fn verified_form(&self, hash: &PasswordHash, password: &PresentedPassword) -> Option<Form> {
        let is_verified = |form| self.verified.contains(&self.fingerprint(hash, password, form));
        password.forms().find(|form| is_verified(*form))
    }

    fn fingerprint(
        &self,
        hash: &PasswordHash,
        password: &PresentedPassword,
        form: Form,
    ) -> Fingerprint {
        self.verified.fingerprint(hash, password.in_form(form))
    }

    fn is_exempt(&self, claim: Claim<'_>, hash: Option<&PasswordHash>) -> bool {
        self.exempt_form(claim, hash).is_some()
    }

    /// The form that the address of `claim` has itself proved against `hash`.
    fn exempt_form(&self, claim: Claim<'_>, hash: Option<&PasswordHash>) -> Option<Form> {
        let Claim { client_key, name, password } = claim;
        password.forms().find(|form| {
            let fingerprint = || Some(self.fingerprint(hash?, password, *form));
            self.proofs.exempt(name, client_key, fingerprint)
        })
    }

    /// Why a claim would be refused without a look at it.
    fn refusal(&self, claim: Claim<'_>) -> Option<Failure> {
        if let Err(error) = self.throttle.check(claim.name, claim.client_key) {
            return Some(Failure::TooMany(error));
        }
        self.pool.is_full_for(self.slot_of(claim)).then_some(Failure::Overloaded)
    }
}

#[cfg(test)]
mod tests {
    use super::{Claim, PasswordHasher};
    use crate::{
        client_key::ClientKey,
        clock::manual::ManualClock,
        login::{
            throttle::{AttemptLimits, Throttle},
            workers::HashingWorkers,
        },
        user::{
            name::NameKey,
            password::{
                Password,
                hash::{HashCost, PasswordHash},
                presented::tests::presented_as,
            },
        },
    };
    use std::{
        num::{NonZeroU32, NonZeroUsize},
        sync::{Arc, Barrier},
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
        let pool = HashingWorkers::start(NonZeroUsize::MIN, |_| {}).unwrap();
        let throttle = Arc::new(Throttle::new(limits, ManualClock::start()));
        PasswordHasher::new(pool, HashCost::new(4).unwrap(), throttle).unwrap()
    }

    fn hash(password: &str) -> PasswordHash {
        let password = Password::parse(password).unwrap();
        PasswordHash::new(&password, HashCost::new(4).unwrap()).unwrap()
    }

    /// Does `work` while the only thread is held up, and lets the thread go on when `work` says so.
    fn while_held_up(hasher: &PasswordHasher, work: impl FnOnce(&dyn Fn())) {
        let barrier: &'static Barrier = Box::leak(Box::new(Barrier::new(2)));
        let slot = hasher.slot(ClientKey::default());
        thread::scope(|scope| {
            scope.spawn(move || hasher.pool.run(slot, || barrier.wait()).map(drop));
            while hasher.pool.counts().running() == 0 {
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
        let password = &presented_as(PASSWORD);
        let claim = Claim { client_key: ClientKey::of([10, 0, 0, 1].into()), name, password };
        while_held_up(hasher, |go_on| {
            thread::scope(|scope| {
                let before = scope.spawn(move || hasher.verify(claim, Some(old), |_| {}).unwrap());
                wait_for(hasher, claim);
                let after = scope.spawn(move || hasher.verify(claim, Some(new), |_| {}).unwrap());
                // Long enough to join the check that is under way.
                thread::sleep(Duration::from_millis(50));
                go_on();
                assert_eq!([before, after].map(|thread| thread.join().unwrap()), [true, false]);
            });
        });
    }

    #[test]
    fn a_known_password_from_a_new_address_waits_for_its_turn() {
        let (hasher, name) = (&hasher(), &NameKey::of("alice"));
        let (hash, password) = (&hash(PASSWORD), &presented_as(PASSWORD));
        let claim = |number| {
            let client_key = ClientKey::of([10, 0, number, 1].into());
            Claim { client_key, name, password }
        };
        assert!(hasher.verify(claim(1), Some(hash), |_| {}).unwrap());
        while_held_up(hasher, |go_on| {
            thread::scope(|scope| {
                let waiting =
                    scope.spawn(move || hasher.verify(claim(2), Some(hash), |_| {}).unwrap());
                wait_for(hasher, claim(2));
                assert!(!waiting.is_finished());
                assert!(hasher.verify(claim(1), Some(hash), |_| {}).unwrap());
                go_on();
                assert!(waiting.join().unwrap());
            });
        });
    }

    #[test]
    fn every_form_of_a_proved_password_is_known() {
        let (hasher, name) = (&hasher(), &NameKey::of("alice"));
        let (hash, client_key) = (&hash("Zürich, not Paris"), ClientKey::of([10, 0, 0, 1].into()));
        let rounds = |text: &str| {
            let (claim, before) = (
                Claim { client_key, name, password: &presented_as(text) },
                hasher.pool.counts().rounds(),
            );
            assert!(hasher.verify(claim, Some(hash), |_| {}).unwrap(), "{text}");
            assert!(hasher.knows(claim, Some(hash)).unwrap(), "{text}");
            hasher.pool.counts().rounds() - before
        };
        assert_eq!(["Zu\u{308}rich, not Paris", "Zürich, not Paris"].map(rounds), [16, 0]);
    }

    #[test]
    fn a_check_of_two_forms_weighs_as_much_as_two() {
        let (hasher, name) = (&hasher(), &NameKey::of("alice"));
        let weight = |text: &str| {
            let password = &presented_as(text);
            hasher.slot_of(Claim { client_key: ClientKey::default(), name, password }).weight
        };
        assert_eq!(["wrong", "wröng", "wro\u{308}ng"].map(weight), [1, 1, 2]);
    }
}
