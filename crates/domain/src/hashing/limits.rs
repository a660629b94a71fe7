//! The limits on guessing passwords and registering users.

use std::{num::NonZeroU32, time::Duration};

use super::{
    ClientKey,
    client_key::Network,
    count::TooManyAttempts,
    counts::{Counts, Limit},
    place::Class,
};
use crate::{NameKey, budget::CONFLICT_COST};

/// The window of the counts by address.
const MINUTE: Duration = Duration::from_secs(60);

/// A client with more failures than this in a minute is suspect of guessing. A network is suspect
/// after more than as many for each client that its limits allow for.
const UNSUSPECTED: u32 = 5;

/// How many refusals an address gets without delay in a minute, and the delay of further ones:
/// about as long as a password check takes. Clients that ignore `Retry-After` must not keep a core
/// busy with refusals.
const REFUSED_AT_ONCE: u32 = 10;
const PAUSE: Duration = Duration::from_millis(250);

/// How many attempts are allowed before the next must wait. All clients of an IPv6 /56 or IPv4 /24
/// share four times as many, and those of an IPv6 /48 sixteen times as many.
#[derive(Clone, Copy, Debug)]
pub struct AttemptLimits {
    /// Consecutive failures on one account from one address.
    pub failures_per_account: NonZeroU32,
    /// Failures per minute from one address.
    pub failures_per_address: NonZeroU32,
    /// Registrations per minute from one address.
    pub registrations_per_address: NonZeroU32,
}

/// Counts attempts that cost a hash. An attempt counts as failed from its start, so simultaneous
/// guesses are counted exactly, too.
pub(crate) struct Attempts {
    limits: AttemptLimits,
    accounts: Counts<(NameKey, Network)>,
    addresses: Counts<Network>,
    registrations: Counts<Network>,
    refusals: Counts<Network>,
}

impl Attempts {
    pub(crate) fn new(limits: AttemptLimits) -> Self {
        let [addresses, registrations, refusals] = [(); 3].map(|()| Counts::new());
        Self { limits, accounts: Counts::new(), addresses, registrations, refusals }
    }

    /// Counts a guess at the password of `name`.
    pub(crate) fn begin(
        &self,
        name: &NameKey,
        client_key: ClientKey,
    ) -> Result<(), TooManyAttempts> {
        // An attempt that one count refuses is not counted by the others.
        self.check(name, client_key)?;
        let AttemptLimits { failures_per_account, failures_per_address, .. } = self.limits;
        let in_a_minute = Limit { attempts: failures_per_address, window: Some(MINUTE) };
        self.addresses.add(client_key, address, in_a_minute)?;
        let in_a_row = Limit { attempts: failures_per_account, window: None };
        let added = self.accounts.add(client_key, account(name), in_a_row);
        added.inspect_err(|_| self.addresses.take_back(client_key, address))
    }

    /// Fails if a guess at the password of `name` has to wait.
    pub(crate) fn check(
        &self,
        name: &NameKey,
        client_key: ClientKey,
    ) -> Result<(), TooManyAttempts> {
        self.addresses.check(client_key, address)?;
        self.accounts.check(client_key, account(name))
    }

    /// The queue of a client's jobs. A client that has recently proved a password, with only a few
    /// failures since, does not share the queue of its network.
    pub(super) fn class(&self, client_key: ClientKey, has_proved: bool) -> Class {
        // The last network is the client's own.
        let failures: Vec<_> =
            self.addresses.attempts_within(client_key, address, MINUTE).collect();
        let is_penalised = |(failures, clients): &(u32, u32)| *failures > UNSUSPECTED * clients;
        if has_proved && failures.last().is_none_or(|(own, _)| *own < UNSUSPECTED) {
            Class::Known
        } else if failures.iter().any(is_penalised) {
            Class::Suspect
        } else {
            Class::Stranger
        }
    }

    /// Uncounts a guess that was right, and resets the account's count.
    pub(crate) fn succeeded(&self, name: &NameKey, client_key: ClientKey) {
        self.addresses.take_back(client_key, address);
        self.accounts.forgive(client_key, account(name));
    }

    /// Uncounts a guess that was not checked.
    pub(crate) fn undone(&self, name: &NameKey, client_key: ClientKey) {
        self.addresses.take_back(client_key, address);
        self.accounts.take_back(client_key, account(name));
    }

    /// Counts a refusal, and returns its delay.
    pub(crate) fn refuse(&self, client_key: ClientKey) -> Duration {
        self.refusals.add_unlimited(client_key, address, MINUTE);
        let mut refusals = self.refusals.attempts_within(client_key, address, MINUTE);
        let is_slow = refusals.any(|(refusals, clients)| refusals > REFUSED_AT_ONCE * clients);
        if is_slow { PAUSE } else { Duration::ZERO }
    }

    /// Counts a registration.
    pub(crate) fn register(&self, client_key: ClientKey) -> Result<(), TooManyAttempts> {
        self.registrations.add(client_key, address, self.of_registrations())
    }

    /// Counts the extra cost of a registration that revealed that a name or address is used.
    pub(crate) fn register_conflict(&self, client_key: ClientKey) {
        self.registrations.charge(client_key, address, CONFLICT_COST - 1, self.of_registrations());
    }

    fn of_registrations(&self) -> Limit {
        Limit { attempts: self.limits.registrations_per_address, window: Some(MINUTE) }
    }
}

/// The key of the counts by network.
fn address(network: Network) -> Network {
    network
}

/// The key of the counts by account and network.
fn account(name: &NameKey) -> impl Fn(Network) -> (NameKey, Network) {
    |network| (name.clone(), network)
}

#[cfg(test)]
mod tests {
    use super::{AttemptLimits, Attempts, Class, ClientKey, PAUSE, REFUSED_AT_ONCE};
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

    fn peer(number: u8) -> ClientKey {
        ClientKey::of([127, 0, 0, number].into())
    }

    #[test]
    fn a_wait_is_for_one_account_and_one_address() {
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
    fn a_right_password_resets_a_count_and_an_unchecked_keeps_it() {
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

    /// How many of `tries` from the addresses that `address` returns are allowed.
    fn let_through(attempts: &Attempts, tries: u16, address: impl Fn(u16) -> String) -> usize {
        let tries = 0..tries;
        let client_key = |number| ClientKey::of(address(number).parse().unwrap());
        let name = |number| NameKey::of(&format!("name{number}"));
        tries.filter(|number| attempts.begin(&name(*number), client_key(*number)).is_ok()).count()
    }

    #[test]
    fn the_clients_of_a_network_share_its_limits() {
        for (limit, address) in [
            (40, (|number| format!("10.0.0.{number}")) as fn(u16) -> String),
            (40, |number| format!("2001:db8:0:{number:x}::1")),
            (160, |number| format!("2001:db8:0:{:x}::1", number * 256)),
            (200, |number| format!("2001:db8:{number:x}::1")),
            (200, |number| format!("10.0.{number}.1")),
        ] {
            assert_eq!(let_through(&attempts(100, 10), 200, address), limit, "{}", address(7));
        }
    }

    #[test]
    fn a_network_guesses_at_one_account_as_often_as_four_clients() {
        let (attempts, alice) = (attempts(5, 1000), NameKey::of("alice"));
        let begun = (0..200).filter(|number| attempts.begin(&alice, peer(*number)).is_ok());
        assert_eq!(begun.count(), 20);
        // The neighbour's own guesses were right, those of other clients were not.
        let client_key = |text: &str| ClientKey::of(text.parse().unwrap());
        let (own, other) = (client_key("10.0.0.1"), client_key("10.0.0.2"));
        let of_bob = NameKey::of("bob");
        for _ in 0..4 {
            attempts.begin(&of_bob, own).unwrap();
            attempts.begin(&of_bob, other).unwrap();
        }
        attempts.succeeded(&of_bob, own);
        let counted = |client_key: ClientKey| {
            let (key, hour) = (super::account(&of_bob), std::time::Duration::from_secs(3600));
            let counts = attempts.accounts.attempts_within(client_key, key, hour);
            counts.map(|(attempts, _)| attempts).collect::<Vec<_>>()
        };
        assert_eq!((counted(own), counted(other)), (vec![4, 0], vec![4, 4]));
    }

    #[test]
    fn a_network_is_suspect_after_the_failures_of_four_clients() {
        let (attempts, name) = (attempts(100, 100), NameKey::of("alice"));
        let fail = |number| attempts.begin(&name, peer(number)).unwrap();
        (0..5).for_each(|_| fail(1));
        assert_eq!(attempts.class(peer(1), false), Class::Stranger);
        // A user who mistypes a password a few times is still ahead of strangers.
        (0..4).for_each(|_| fail(2));
        assert_eq!(attempts.class(peer(2), true), Class::Known);
        assert_eq!(attempts.class(peer(1), true), Class::Stranger);
        fail(1);
        assert_eq!(attempts.class(peer(1), true), Class::Suspect);
        assert_eq!(attempts.class(peer(3), false), Class::Stranger);
        (4..16).for_each(fail);
        assert_eq!(attempts.class(peer(3), false), Class::Suspect);
        assert_eq!(attempts.class(peer(3), true), Class::Known);
        assert_eq!(attempts.class(ClientKey::of([127, 0, 1, 1].into()), false), Class::Stranger);
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
    fn a_conflict_counts_as_ten_registrations() {
        let attempts = Attempts::new(AttemptLimits {
            registrations_per_address: limit(20),
            failures_per_address: limit(10),
            failures_per_account: limit(10),
        });
        attempts.register(peer(1)).unwrap();
        attempts.register_conflict(peer(1));
        for _ in 10..20 {
            attempts.register(peer(1)).unwrap();
        }
        assert!(attempts.register(peer(1)).is_err());
        assert_eq!(attempts.check(&NameKey::of("alice"), peer(1)), Ok(()));
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
