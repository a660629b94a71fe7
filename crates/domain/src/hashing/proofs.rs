//! What addresses have proved themselves: which of their requests are exempt from the limits.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use moka::sync::Cache;

use super::{ClientKey, count::Count, standing::Standing, verified::Fingerprint};
use crate::NameKey;

/// How many pairs of an account and an address are remembered at most. The cache keeps those that
/// are used often: a flood of new pairs does not push them out.
const CAPACITY: u64 = 100_000;

/// How long an address is exempt after it has proved the password.
pub(super) const EXEMPT: Duration = Duration::from_secs(15 * 60);

/// How long wrong passwords of an exempt pair count, and how many of them suspend the exemption.
const HOUR: Duration = Duration::from_secs(60 * 60);
const WRONG_AN_HOUR: u32 = 100;

/// How often a request that is exempt says again that its address is in good standing.
const SAID_AGAIN: Duration = Duration::from_secs(60);

/// The pairs of an account and an address that have proved the account's password to this process.
///
/// A request of such a pair with the same password is exempt from the limits. Without a suspension
/// the exemption would let others at the address guess: a right guess would be answered whatever
/// the limits say of wrong ones.
pub(super) struct Proofs {
    pairs: Cache<(NameKey, ClientKey), Arc<Mutex<Proof>>>,
    pub(super) standing: Standing,
}

/// What one address has proved of one account.
struct Proof {
    /// Of the password and of the hash that it matched.
    fingerprint: Fingerprint,
    proved: Instant,
    said: Instant,
    wrong: Count,
}

impl Proofs {
    pub(super) fn new() -> Self {
        // Idle pairs are kept until no wrong password of theirs counts.
        let pairs = Cache::builder().max_capacity(CAPACITY).time_to_idle(HOUR).build();
        Self { pairs, standing: Standing::new() }
    }

    /// Whether `client_key` has proved the account with the password and hash of this fingerprint,
    /// and not long ago. If so, that is another proof. The fingerprint is made only for a pair
    /// that has proved one, so that no address learns which accounts there are by the time that it
    /// takes.
    pub(super) fn exempt(
        &self,
        name: &NameKey,
        client_key: ClientKey,
        fingerprint: impl FnOnce() -> Option<Fingerprint>,
    ) -> bool {
        let Some(proof) = self.pairs.get(&(name.clone(), client_key)) else { return false };
        let Some(fingerprint) = fingerprint() else { return false };
        let now = Instant::now();
        let must_say = {
            let mut proof = proof.lock().unwrap_or_else(PoisonError::into_inner);
            if !proof.exempts(&fingerprint, now) {
                return false;
            }
            proof.proved = now;
            proof.must_say(now)
        };
        if must_say {
            self.standing.proved(name, client_key, now);
        }
        true
    }

    /// Remembers that `client_key` has proved the account with what has this fingerprint.
    pub(super) fn proved(&self, name: &NameKey, client_key: ClientKey, fingerprint: Fingerprint) {
        let now = Instant::now();
        let pair = self.pairs.get_with((name.clone(), client_key), || {
            let proof = Proof { fingerprint, proved: now, said: now, wrong: Count::default() };
            Arc::new(Mutex::new(proof))
        });
        {
            let mut proof = pair.lock().unwrap_or_else(PoisonError::into_inner);
            (proof.fingerprint, proof.proved, proof.said) = (fingerprint, now, now);
        }
        self.standing.proved(name, client_key, now);
    }

    /// Counts a wrong password of a pair that has proved another one, answered or refused.
    pub(super) fn failed(&self, name: &NameKey, client_key: ClientKey) {
        if let Some(proof) = self.pairs.get(&(name.clone(), client_key)) {
            let mut proof = proof.lock().unwrap_or_else(PoisonError::into_inner);
            proof.wrong.add_unlimited(Instant::now(), HOUR);
        }
    }
}

impl Proof {
    fn exempts(&self, fingerprint: &Fingerprint, now: Instant) -> bool {
        self.fingerprint == *fingerprint
            && now.saturating_duration_since(self.proved) < EXEMPT
            && self.wrong.attempts_within(now, HOUR) < WRONG_AN_HOUR
    }

    /// Whether it is time to say again that the address is in good standing.
    fn must_say(&mut self, now: Instant) -> bool {
        let is_due = now.saturating_duration_since(self.said) >= SAID_AGAIN;
        if is_due {
            self.said = now;
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::{ClientKey, Count, EXEMPT, HOUR, Proof, Proofs, WRONG_AN_HOUR};
    use crate::NameKey;
    use std::time::{Duration, Instant};

    fn peer(number: u8) -> ClientKey {
        ClientKey::of([127, 0, 0, number].into())
    }

    fn exempt(proofs: &Proofs, name: &NameKey, client_key: ClientKey, fingerprint: u8) -> bool {
        proofs.exempt(name, client_key, || Some([fingerprint; 32]))
    }

    #[test]
    fn only_the_pair_that_proved_the_password_is_exempt() {
        let (proofs, alice) = (Proofs::new(), NameKey::of("alice"));
        proofs.proved(&alice, peer(1), [1; 32]);
        assert!(exempt(&proofs, &alice, peer(1), 1));
        assert!(!exempt(&proofs, &alice, peer(2), 1));
        assert!(!exempt(&proofs, &alice, peer(1), 2));
        assert!(!exempt(&proofs, &NameKey::of("bob"), peer(1), 1));
        proofs.proved(&alice, peer(1), [2; 32]);
        assert!(!exempt(&proofs, &alice, peer(1), 1));
        assert!(exempt(&proofs, &alice, peer(1), 2));
    }

    #[test]
    fn a_hundred_wrong_passwords_suspend_the_pair() {
        let (proofs, alice) = (Proofs::new(), NameKey::of("alice"));
        for number in [1, 2] {
            proofs.proved(&alice, peer(number), [1; 32]);
        }
        for _ in 0..WRONG_AN_HOUR {
            assert!(exempt(&proofs, &alice, peer(1), 1));
            proofs.failed(&alice, peer(1));
        }
        assert!(!exempt(&proofs, &alice, peer(1), 1));
        // Another proof does not end the suspension.
        proofs.proved(&alice, peer(1), [1; 32]);
        assert!(!exempt(&proofs, &alice, peer(1), 1));
        assert!(exempt(&proofs, &alice, peer(2), 1));
    }

    #[test]
    fn a_proof_and_a_suspension_both_end() {
        let now = Instant::now();
        let proof =
            || Proof { fingerprint: [1; 32], proved: now, said: now, wrong: Count::default() };
        let exempts = |proof: &Proof, after| proof.exempts(&[1; 32], now + after);
        assert!(exempts(&proof(), EXEMPT.saturating_sub(Duration::from_millis(1))));
        assert!(!exempts(&proof(), EXEMPT));
        let mut suspended = proof();
        for _ in 0..WRONG_AN_HOUR {
            suspended.wrong.add_unlimited(now, HOUR);
        }
        let before = HOUR.saturating_sub(Duration::from_secs(1));
        suspended.proved = now + before;
        assert!(!exempts(&suspended, before));
        assert!(exempts(&suspended, HOUR));
    }
}
