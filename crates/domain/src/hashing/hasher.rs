//! Makes and checks password hashes, and knows those that it has checked before.

use zeroize::Zeroizing;

use super::{
    AttemptLimits, HashingPool, HashingStatistics, Lane, Overloaded, TooManyAttempts,
    limits::Attempts, queue::Place, verified::VerifiedCredentials,
};
use crate::{
    HashCost, NameKey, Password, PasswordHash, UserError,
    statistics::{Counter, Lookups},
};

/// Hashes passwords at one cost, on a pool, and remembers which passwords it has verified.
pub struct PasswordHasher {
    pool: HashingPool,
    cost: HashCost,
    decoy: PasswordHash,
    verified: VerifiedCredentials,
    attempts: Attempts,
    lookups: Lookups,
    renewed: Counter,
}

/// Why a password was not found to match.
#[derive(Clone, Copy, Debug)]
enum Failure {
    Mismatch,
    TooMany(TooManyAttempts),
    Overloaded,
}

impl PasswordHasher {
    /// A hasher on `pool` that makes new hashes at `cost` and lets `limits` through.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn new(
        pool: HashingPool,
        cost: HashCost,
        limits: AttemptLimits,
    ) -> Result<Self, getrandom::Error> {
        let (decoy, verified) = (PasswordHash::decoy(cost), VerifiedCredentials::new()?);
        let (attempts, lookups) = (Attempts::new(limits), Lookups::default());
        Ok(Self { pool, cost, decoy, verified, attempts, lookups, renewed: Counter::default() })
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

    /// The counts of who has tried what.
    pub(crate) fn attempts(&self) -> &Attempts {
        &self.attempts
    }

    /// Refuses at once what [`PasswordHasher::verify`] would refuse without hashing.
    ///
    /// # Errors
    /// [`UserError::TooManyAttempts`] and [`UserError::Overloaded`].
    pub(crate) fn check(&self, lane: Lane, name: &NameKey) -> Result<(), UserError> {
        self.attempts.check(name, lane)?;
        if self.pool.is_full_for(self.place(lane)) {
            Err(self.pool.refusal().into())
        } else {
            Ok(())
        }
    }

    fn place(&self, lane: Lane) -> Place {
        Place { lane, is_suspect: self.attempts.are_suspect(lane) }
    }

    /// Hashes a new password.
    ///
    /// # Errors
    /// [`UserError::Overloaded`] and [`UserError::Hashing`].
    pub fn hash(&self, lane: Lane, password: &Password) -> Result<PasswordHash, UserError> {
        let (password, cost) = (password.clone(), self.cost);
        self.pool
            .run(self.place(lane), move || PasswordHash::new(&password, cost))?
            .map_err(UserError::Hashing)
    }

    /// Whether `password` is known to match `hash`. Costs next to nothing; false says nothing.
    pub(crate) fn knows(&self, hash: &PasswordHash, password: &str) -> bool {
        let is_known = self.verified.contains(hash, password);
        self.lookups.count(is_known);
        is_known
    }

    /// Checks `password` of `name` against `hash`, or against nothing at the same price. Of equal
    /// checks that come together one is counted, costs a hash, and calls `on_match` if the password
    /// matches.
    ///
    /// # Errors
    /// [`UserError::TooManyAttempts`] and [`UserError::Overloaded`].
    pub(crate) fn verify(
        &self,
        lane: Lane,
        name: &NameKey,
        hash: Option<&PasswordHash>,
        password: &str,
        on_match: impl FnOnce(),
    ) -> Result<bool, UserError> {
        let against = hash.unwrap_or(&self.decoy);
        let outcome = self.verified.verify_once(against, password, || {
            let place = self.place(lane);
            self.attempts.begin(name, lane).map_err(Failure::TooMany)?;
            let (hash, text) = (against.clone(), Zeroizing::new(password.to_owned()));
            match self.pool.run(place, move || hash.matches(&text)) {
                Ok(true) => {
                    self.attempts.succeeded(name, lane);
                    on_match();
                    Ok(())
                }
                Ok(false) => Err(Failure::Mismatch),
                Err(Overloaded) => {
                    self.attempts.undone(name, lane);
                    Err(Failure::Overloaded)
                }
            }
        });
        match outcome {
            Ok(()) => Ok(hash.is_some()),
            Err(Failure::Mismatch) => Ok(false),
            Err(Failure::TooMany(error)) => Err(error.into()),
            Err(Failure::Overloaded) => Err(Overloaded.into()),
        }
    }

    /// A hash of `password`, which has just matched `old`, at the cost of new hashes; none when
    /// `old` has that cost already, or when it can't be made now.
    pub(crate) fn renew(
        &self,
        lane: Lane,
        old: &PasswordHash,
        password: &str,
    ) -> Option<PasswordHash> {
        let cost = self.cost;
        if old.cost() == Some(cost) {
            return None;
        }
        let text = Zeroizing::new(password.to_owned());
        let place = self.place(lane);
        let renewed =
            self.pool.run(place, move || PasswordHash::renewed(&text, cost)).ok()?.ok()?;
        self.verified.insert(&renewed, password);
        self.renewed.increment();
        Some(renewed)
    }
}
