//! What addresses have proved themselves: which of their requests are exempt from the limits.

mod pairs;

use std::{sync::Arc, time::Duration};

use self::pairs::Pairs;
use super::{
    cache::Fingerprint,
    standing::{EXEMPT, Standing},
    throttle::count::AttemptCount,
};
use crate::{client_key::ClientKey, clock::Clock, user::name::NameKey};

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
    pairs: Pairs<Proof>,
    standing: Standing,
    clock: Arc<dyn Clock>,
}

/// What one address has proved of one account.
struct Proof {
    /// Of the password and of the hash that it matched.
    fingerprint: Fingerprint,
    proved: Duration,
    said: Duration,
    wrong: AttemptCount,
}

impl Proofs {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { pairs: Pairs::default(), standing: Standing::new(), clock }
    }

    /// Whether an address is in good standing.
    pub(super) fn is_in_good_standing(&self, client_key: ClientKey) -> bool {
        self.standing.is_good(client_key, self.clock.elapsed())
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
        let must_say = self.pairs.with(name, client_key, |proof| {
            let (fingerprint, now) = (fingerprint()?, self.clock.elapsed());
            if !proof.exempts(&fingerprint, now) {
                return None;
            }
            proof.proved = now;
            Some(proof.must_say(now).then_some(now))
        });
        let Some(must_say) = must_say.flatten() else { return false };
        if let Some(now) = must_say {
            self.standing.proved(name, client_key, now);
        }
        true
    }

    /// Remembers that `client_key` has proved the account with what has this fingerprint.
    pub(super) fn proved(&self, name: &NameKey, client_key: ClientKey, fingerprint: Fingerprint) {
        let now = self.clock.elapsed();
        let proof =
            || Proof { fingerprint, proved: now, said: now, wrong: AttemptCount::default() };
        self.pairs.with_or_insert(name, client_key, proof, |proof| {
            (proof.fingerprint, proof.proved, proof.said) = (fingerprint, now, now);
        });
        self.standing.proved(name, client_key, now);
    }

    /// Counts a wrong password of a pair that has proved another one, answered or refused.
    pub(super) fn failed(&self, name: &NameKey, client_key: ClientKey) {
        let now = self.clock.elapsed();
        self.pairs.with(name, client_key, |proof| proof.wrong.add_unlimited(now, HOUR));
    }
}

impl Proof {
    fn exempts(&self, fingerprint: &Fingerprint, now: Duration) -> bool {
        self.fingerprint == *fingerprint
            && now.saturating_sub(self.proved) < EXEMPT
            && self.wrong.attempts_within(now, HOUR) < WRONG_AN_HOUR
    }

    /// Whether it is time to say again that the address is in good standing.
    fn must_say(&mut self, now: Duration) -> bool {
        let is_due = now.saturating_sub(self.said) >= SAID_AGAIN;
        if is_due {
            self.said = now;
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::{ClientKey, EXEMPT, HOUR, Proofs, WRONG_AN_HOUR};
    use crate::{clock::manual::ManualClock, user::name::NameKey};
    use std::time::Duration;

    fn peer(number: u8) -> ClientKey {
        ClientKey::of([127, 0, 0, number].into())
    }

    fn exempt(proofs: &Proofs, name: &NameKey, client_key: ClientKey, fingerprint: u8) -> bool {
        proofs.exempt(name, client_key, || Some([fingerprint; 32]))
    }

    #[test]
    fn only_the_pair_that_proved_the_password_is_exempt() {
        let (proofs, alice) = (Proofs::new(ManualClock::start()), NameKey::of("alice"));
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
        let (proofs, alice) = (Proofs::new(ManualClock::start()), NameKey::of("alice"));
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
        let (clock, alice) = (ManualClock::start(), NameKey::of("alice"));
        let proofs = Proofs::new(clock.clone());
        let instant = Duration::from_millis(1);
        proofs.proved(&alice, peer(1), [1; 32]);
        // A use is another proof.
        for _ in 0..2 {
            clock.advance(EXEMPT.saturating_sub(instant));
            assert!(exempt(&proofs, &alice, peer(1), 1));
            assert!(proofs.is_in_good_standing(peer(1)));
        }
        clock.advance(EXEMPT);
        assert!(!exempt(&proofs, &alice, peer(1), 1));
        assert!(!proofs.is_in_good_standing(peer(1)));
        (0..WRONG_AN_HOUR).for_each(|_| proofs.failed(&alice, peer(1)));
        clock.advance(HOUR.saturating_sub(instant));
        proofs.proved(&alice, peer(1), [1; 32]);
        assert!(!exempt(&proofs, &alice, peer(1), 1));
        clock.advance(instant);
        assert!(exempt(&proofs, &alice, peer(1), 1));
    }
}
