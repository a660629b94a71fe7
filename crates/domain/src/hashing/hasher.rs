//! Makes and checks password hashes, and knows those that it has checked before.

use std::sync::atomic::{AtomicU32, Ordering};

use super::{
    AttemptLimits, Claim, ClientKey, HashingPool, HashingStatistics,
    flights::Flights,
    limits::Attempts,
    place::Place,
    proofs::Proofs,
    verified::{Fingerprint, VerifiedCredentials},
    verify::Verdict,
};
use crate::{
    HashCost, Password, PasswordHash, UserError,
    password::Form,
    statistics::{Counter, Lookups},
};

/// Hashes passwords on a pool, limits how often they may be guessed, and remembers which ones it
/// has verified.
pub struct PasswordHasher {
    pub(super) pool: HashingPool,
    /// The cost that was asked for: what a job of the usual weight takes.
    usual_cost: HashCost,
    /// The highest cost of any hash in the store, or what was asked for if that is higher.
    common_cost: AtomicU32,
    pub(super) verified: VerifiedCredentials,
    pub(super) proofs: Proofs,
    pub(super) flights: Flights<Verdict>,
    pub(super) attempts: Attempts,
    pub(super) lookups: Lookups,
    renewed: Counter,
}

impl PasswordHasher {
    /// A hasher on `pool` that makes new hashes at `cost`, until it is told of a higher one, and
    /// lets `limits` through.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn new(
        pool: HashingPool,
        cost: HashCost,
        limits: AttemptLimits,
    ) -> Result<Self, getrandom::Error> {
        Ok(Self {
            pool,
            usual_cost: cost,
            common_cost: AtomicU32::new(cost.get()),
            verified: VerifiedCredentials::new()?,
            proofs: Proofs::new(),
            flights: Flights::new(),
            attempts: Attempts::new(limits),
            lookups: Lookups::default(),
            renewed: Counter::default(),
        })
    }

    /// What was counted so far.
    pub(crate) fn statistics(&self) -> HashingStatistics {
        HashingStatistics {
            known: self.lookups.hits.get(),
            unknown: self.lookups.misses.get(),
            renewed: self.renewed.get(),
            ..self.pool.statistics()
        }
    }

    /// The counts of attempts by name and address.
    pub(crate) fn attempts(&self) -> &Attempts {
        &self.attempts
    }

    /// The cost of new hashes, and of every check that fails.
    pub(crate) fn cost(&self) -> HashCost {
        HashCost::new(self.common_cost.load(Ordering::Relaxed)).unwrap_or(self.usual_cost)
    }

    /// Raises that cost to one that a hash has, and never lowers it.
    pub(crate) fn raise_cost(&self, cost: HashCost) {
        self.common_cost.fetch_max(cost.get(), Ordering::Relaxed);
    }

    /// Hashes a new password.
    ///
    /// # Errors
    /// [`UserError::Overloaded`] and [`UserError::Hashing`].
    pub fn hash(
        &self,
        client_key: ClientKey,
        password: &Password,
    ) -> Result<PasswordHash, UserError> {
        let (password, cost) = (password.clone(), self.cost());
        let counts = self.pool.counts();
        let work = move || {
            counts.hashed(cost);
            PasswordHash::new(&password, cost)
        };
        self.pool.run(self.place(client_key), work)?.map_err(UserError::Hashing)
    }

    /// A hash of the `form` of a password that has just matched `old`, at the cost of new hashes;
    /// none when `old` has that cost already, or when it can't be made now.
    pub(crate) fn renew(
        &self,
        Claim { client_key, password, .. }: Claim<'_>,
        form: Form,
        old: &PasswordHash,
    ) -> Option<PasswordHash> {
        let cost = self.cost();
        if old.cost().is_some_and(|old| old >= cost) {
            return None;
        }
        let (matched, counts) = (password.clone(), self.pool.counts());
        let work = move || {
            counts.hashed(cost);
            PasswordHash::renewed(matched.in_form(form), cost)
        };
        let renewed = self.pool.run(self.place(client_key), work).ok()?.ok()?;
        self.verified.insert(self.verified.fingerprint(&renewed, password.in_form(form)));
        self.renewed.increment();
        Some(renewed)
    }

    /// Remembers that `claim`, which was right by `form`, is right by this hash too.
    pub(crate) fn remember_renewed(&self, claim: Claim<'_>, form: Form, renewed: &PasswordHash) {
        self.remember(claim, self.verified.fingerprint(renewed, claim.password.in_form(form)));
    }

    pub(super) fn remember(
        &self,
        Claim { client_key, name, .. }: Claim<'_>,
        fingerprint: Fingerprint,
    ) {
        self.verified.insert(fingerprint);
        self.proofs.proved(name, client_key, fingerprint);
    }

    /// Where work for a client queues. All of it takes the same work as a hash of the common cost.
    pub(super) fn place(&self, client_key: ClientKey) -> Place {
        let class = self.attempts.class(client_key, self.proofs.standing.is_good(client_key));
        Place { client_key, class, weight: self.cost().weight_beside(self.usual_cost) }
    }

    /// Where the check of a claim queues: one of two forms is twice the work.
    pub(super) fn place_of(&self, Claim { client_key, password, .. }: Claim<'_>) -> Place {
        let place = self.place(client_key);
        Place { weight: place.weight.saturating_mul(password.forms().count()), ..place }
    }
}
