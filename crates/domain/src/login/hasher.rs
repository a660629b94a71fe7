//! Makes and checks password hashes, and knows those that it has checked before.

use std::sync::Arc;

use super::{
    cache::{CredentialCache, Fingerprint},
    claim::Claim,
    common_cost::CommonCost,
    flights::Flights,
    proofs::Proofs,
    queue_slot::QueueSlot,
    throttle::Throttle,
    verdict::Verdict,
    workers::HashingWorkers,
};
use crate::{
    client_key::ClientKey,
    error::too_many::Overloaded,
    statistics::{
        Lookups,
        counter::Counter,
        family::{Family, Observe, Values::Counters, labelled, unlabelled},
    },
    user::password::{
        hash::{HashCost, PasswordHash},
        presented::Form,
    },
};

/// Hashes passwords on a pool, limits how often they may be guessed, and remembers which ones it
/// has verified.
pub struct PasswordHasher {
    pub(super) pool: HashingWorkers,
    pub(super) cost: CommonCost,
    pub(super) verified: CredentialCache,
    pub(super) proofs: Proofs,
    pub(super) flights: Flights<Verdict>,
    pub(crate) throttle: Arc<Throttle>,
    pub(super) lookups: Lookups,
    renewed: Counter,
}

impl PasswordHasher {
    /// A hasher on `pool` that makes new hashes at `cost`, until it is told of a higher one, and
    /// lets through what `throttle` does.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub fn new(
        pool: HashingWorkers,
        cost: HashCost,
        throttle: Arc<Throttle>,
    ) -> Result<Self, getrandom::Error> {
        Ok(Self {
            pool,
            cost: CommonCost::new(cost),
            verified: CredentialCache::new()?,
            proofs: Proofs::new(Arc::clone(&throttle.clock)),
            flights: Flights::new(),
            throttle,
            lookups: Lookups::default(),
            renewed: Counter::default(),
        })
    }

    /// Does `work`, which makes a hash of the given cost, when it is the client's turn.
    pub(super) fn hash_by<T: Send + 'static>(
        &self,
        client_key: ClientKey,
        work: impl FnOnce(HashCost) -> T + Send + 'static,
    ) -> Result<T, Overloaded> {
        let (cost, counts) = (self.cost.get(), self.pool.counts());
        self.pool.run(self.slot(client_key), move || {
            counts.hashed(cost);
            work(cost)
        })
    }

    /// A hash of the `form` of a password that has just matched `old`, at the cost of new hashes;
    /// none when `old` has that cost already, or when it can't be made now.
    pub(crate) fn renew(
        &self,
        Claim { client_key, password, .. }: Claim<'_>,
        form: Form,
        old: &PasswordHash,
    ) -> Option<PasswordHash> {
        if old.cost().is_some_and(|old| old >= self.cost.get()) {
            return None;
        }
        let matched = password.clone();
        let work = move |cost| PasswordHash::renewed(matched.in_form(form), cost);
        let renewed = self.hash_by(client_key, work).ok()?.ok()?;
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
    pub(super) fn slot(&self, client_key: ClientKey) -> QueueSlot {
        let class = self.throttle.class(client_key, self.proofs.is_in_good_standing(client_key));
        QueueSlot { client_key, class, weight: self.cost.weight() }
    }

    /// Where the check of a claim queues: one of two forms is twice the work.
    pub(super) fn slot_of(&self, Claim { client_key, password, .. }: Claim<'_>) -> QueueSlot {
        let slot = self.slot(client_key);
        QueueSlot { weight: slot.weight.saturating_mul(password.forms().count()), ..slot }
    }
}

impl Observe for PasswordHasher {
    fn observe(&self) -> Vec<Family> {
        let mut families = self.pool.families();
        families.push(Family::new(
            "rollcall_hashes_renewed",
            "Hashes renewed at a higher cost.",
            Counters(unlabelled(self.renewed.get())),
        ));
        families.push(Family::new(
            "rollcall_password_cache_lookups",
            "Lookups in the password cache, by result.",
            Counters(labelled(
                ["result"],
                [(["hit"], self.lookups.hits.get()), (["miss"], self.lookups.misses.get())],
            )),
        ));
        families
    }
}
