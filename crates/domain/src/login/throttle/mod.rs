//! The limits on guessing passwords and registering users.

pub(crate) mod change_budget;
pub(crate) mod count;
pub(crate) mod counts;

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use super::queue_slot::Class;
use crate::{
    client_key::{ClientKey, Network},
    clock::Clock,
    error::too_many::TooManyAttempts,
    user::name::NameKey,
};
use change_budget::CONFLICT_COST;
use counts::{Counts, Limit};

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
pub struct Throttle {
    limits: AttemptLimits,
    pub(super) clock: Arc<dyn Clock>,
    accounts: Counts<(NameKey, Network)>,
    addresses: Counts<Network>,
    registrations: Counts<Network>,
    keys: Counts<Network>,
    refusals: Counts<Network>,
}

impl Throttle {
    /// Lets `limits` through, in times of `clock`.
    #[must_use]
    pub fn new(limits: AttemptLimits, clock: Arc<dyn Clock>) -> Self {
        let [addresses, registrations, keys, refusals] = [(); 4].map(|()| Counts::new());
        Self { limits, clock, accounts: Counts::new(), addresses, registrations, keys, refusals }
    }

    /// Counts a guess at the password of `name`.
    pub(crate) fn begin(
        &self,
        name: &NameKey,
        client_key: ClientKey,
    ) -> Result<(), TooManyAttempts> {
        // An attempt that one count refuses is not counted by the others.
        self.check(name, client_key)?;
        let now = self.clock.elapsed();
        let AttemptLimits { failures_per_account, failures_per_address, .. } = self.limits;
        let in_a_minute = Limit { attempts: failures_per_address, window: Some(MINUTE) };
        self.addresses.add(client_key, address, in_a_minute, now)?;
        let in_a_row = Limit { attempts: failures_per_account, window: None };
        let added = self.accounts.add(client_key, account(name), in_a_row, now);
        added.inspect_err(|_| self.addresses.take_back(client_key, address))
    }

    /// Counts a guess at a reset code, which is of no account.
    pub(crate) fn begin_code(&self, client_key: ClientKey) -> Result<(), TooManyAttempts> {
        let limit = Limit { attempts: self.limits.failures_per_address, window: Some(MINUTE) };
        self.addresses.add(client_key, address, limit, self.clock.elapsed())
    }

    /// Uncounts such a guess if it was right, or not checked.
    pub(crate) fn code_undone(&self, client_key: ClientKey) {
        self.addresses.take_back(client_key, address);
    }

    /// Fails if a guess at the password of `name` has to wait.
    pub(crate) fn check(
        &self,
        name: &NameKey,
        client_key: ClientKey,
    ) -> Result<(), TooManyAttempts> {
        let now = self.clock.elapsed();
        self.addresses.check(client_key, address, now)?;
        self.accounts.check(client_key, account(name), now)
    }

    /// The queue of a client's jobs. A client that has recently proved a password, with only a few
    /// failures since, does not share the queue of its network.
    pub(super) fn class(&self, client_key: ClientKey, has_proved: bool) -> Class {
        let now = self.clock.elapsed();
        // The last network is the client's own.
        let failures: Vec<_> =
            self.addresses.attempts_within(client_key, address, MINUTE, now).collect();
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
        let now = self.clock.elapsed();
        self.refusals.add_unlimited(client_key, address, MINUTE, now);
        let mut refusals = self.refusals.attempts_within(client_key, address, MINUTE, now);
        let is_slow = refusals.any(|(refusals, clients)| refusals > REFUSED_AT_ONCE * clients);
        if is_slow { PAUSE } else { Duration::ZERO }
    }

    /// Counts an API key that was refused, apart from everything else: a program that goes on with
    /// a revoked key does not keep others at its address from logging in.
    pub(crate) fn refuse_key(&self, client_key: ClientKey) -> Result<(), TooManyAttempts> {
        let attempts = self.limits.failures_per_address;
        let in_a_minute = Limit { attempts, window: Some(MINUTE) };
        self.keys.add(client_key, address, in_a_minute, self.clock.elapsed())
    }

    /// Counts a registration.
    pub(crate) fn register(&self, client_key: ClientKey) -> Result<(), TooManyAttempts> {
        self.registrations.add(client_key, address, self.of_registrations(), self.clock.elapsed())
    }

    /// Counts the extra cost of a registration that revealed that a name or address is used.
    pub(crate) fn register_conflict(&self, client_key: ClientKey) {
        let (limit, now) = (self.of_registrations(), self.clock.elapsed());
        self.registrations.charge(client_key, address, CONFLICT_COST - 1, limit, now);
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
    use super::{AttemptLimits, Class, ClientKey, MINUTE, PAUSE, REFUSED_AT_ONCE, Throttle};
    use crate::{
        clock::manual::ManualClock, error::too_many::TooManyAttempts, user::name::NameKey,
    };
    use std::{
        num::NonZeroU32,
        sync::{
            Arc, Barrier,
            atomic::{AtomicU32, Ordering},
        },
        thread,
        time::Duration,
    };

    fn limit(number: u32) -> NonZeroU32 {
        NonZeroU32::new(number).unwrap()
    }

    fn throttle(account: u32, address: u32) -> Throttle {
        throttle_by(&ManualClock::start(), account, address)
    }

    fn throttle_by(clock: &Arc<ManualClock>, account: u32, address: u32) -> Throttle {
        let limits = AttemptLimits {
            failures_per_account: limit(account),
            failures_per_address: limit(address),
            registrations_per_address: limit(3),
        };
        Throttle::new(limits, clock.clone())
    }

    fn peer(number: u8) -> ClientKey {
        ClientKey::of([127, 0, 0, number].into())
    }

    #[test]
    fn a_wait_is_for_one_account_and_one_address() {
        let (throttle, alice) = (throttle(2, 100), NameKey::of("alice"));
        for _ in 0..2 {
            throttle.begin(&alice, peer(1)).unwrap();
        }
        assert!(throttle.begin(&alice, peer(1)).is_err());
        assert!(throttle.check(&alice, peer(1)).is_err());
        assert_eq!(throttle.check(&alice, peer(2)), Ok(()));
        assert_eq!(throttle.begin(&NameKey::of("bob"), peer(1)), Ok(()));
    }

    #[test]
    fn a_right_password_resets_a_count_and_an_unchecked_keeps_it() {
        let (throttle, alice) = (throttle(2, 100), NameKey::of("alice"));
        for _ in 0..5 {
            throttle.begin(&alice, peer(1)).unwrap();
            throttle.undone(&alice, peer(1));
        }
        for _ in 0..2 {
            throttle.begin(&alice, peer(1)).unwrap();
        }
        throttle.succeeded(&alice, peer(1));
        assert_eq!(throttle.begin(&alice, peer(1)), Ok(()));
    }

    #[test]
    fn an_address_that_tries_many_names_waits() {
        let throttle = throttle(10, 5);
        for number in 0..5 {
            throttle.begin(&NameKey::of(&format!("name{number}")), peer(1)).unwrap();
        }
        assert!(throttle.begin(&NameKey::of("another"), peer(1)).is_err());
        assert_eq!(throttle.begin(&NameKey::of("another"), peer(2)), Ok(()));
    }

    #[test]
    fn reset_codes_are_counted_with_passwords_by_address() {
        let throttle = throttle(100, 3);
        throttle.begin(&NameKey::of("alice"), peer(1)).unwrap();
        for _ in 0..5 {
            throttle.begin_code(peer(1)).unwrap();
            throttle.code_undone(peer(1));
        }
        for _ in 0..2 {
            throttle.begin_code(peer(1)).unwrap();
        }
        assert!(throttle.begin_code(peer(1)).is_err());
        assert!(throttle.check(&NameKey::of("bob"), peer(1)).is_err());
        assert_eq!(throttle.begin_code(peer(2)), Ok(()));
    }

    #[test]
    fn parallel_guesses_are_counted_exactly() {
        let (throttle, alice) = (throttle(10, 1000), NameKey::of("alice"));
        let (barrier, let_through) = (Barrier::new(50), AtomicU32::new(0));
        thread::scope(|scope| {
            for _ in 0..50 {
                scope.spawn(|| {
                    barrier.wait();
                    let begun = throttle.begin(&alice, peer(1)).is_ok();
                    let_through.fetch_add(u32::from(begun), Ordering::SeqCst);
                });
            }
        });
        assert_eq!(let_through.into_inner(), 10);
    }

    /// How many of `tries` from the addresses that `address` returns are allowed.
    fn let_through(throttle: &Throttle, tries: u16, address: impl Fn(u16) -> String) -> usize {
        let tries = 0..tries;
        let client_key = |number| ClientKey::of(address(number).parse().unwrap());
        let name = |number| NameKey::of(&format!("name{number}"));
        tries.filter(|number| throttle.begin(&name(*number), client_key(*number)).is_ok()).count()
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
            assert_eq!(let_through(&throttle(100, 10), 200, address), limit, "{}", address(7));
        }
    }

    #[test]
    fn a_network_guesses_at_one_account_as_often_as_four_clients() {
        let (throttle, alice) = (throttle(5, 1000), NameKey::of("alice"));
        let begun = (0..200).filter(|number| throttle.begin(&alice, peer(*number)).is_ok());
        assert_eq!(begun.count(), 20);
        // The neighbour's own guesses were right, those of other clients were not.
        let client_key = |text: &str| ClientKey::of(text.parse().unwrap());
        let (own, other) = (client_key("10.0.0.1"), client_key("10.0.0.2"));
        let of_bob = NameKey::of("bob");
        for _ in 0..4 {
            throttle.begin(&of_bob, own).unwrap();
            throttle.begin(&of_bob, other).unwrap();
        }
        throttle.succeeded(&of_bob, own);
        let counted = |client_key: ClientKey| {
            let (key, hour) = (super::account(&of_bob), Duration::from_secs(3600));
            let counts = throttle.accounts.attempts_within(client_key, key, hour, Duration::ZERO);
            counts.map(|(attempts, _)| attempts).collect::<Vec<_>>()
        };
        assert_eq!((counted(own), counted(other)), (vec![4, 0], vec![4, 4]));
    }

    #[test]
    fn a_network_is_suspect_after_the_failures_of_four_clients() {
        let (throttle, name) = (throttle(100, 100), NameKey::of("alice"));
        let fail = |number| throttle.begin(&name, peer(number)).unwrap();
        (0..5).for_each(|_| fail(1));
        assert_eq!(throttle.class(peer(1), false), Class::Stranger);
        // A user who mistypes a password a few times is still ahead of strangers.
        (0..4).for_each(|_| fail(2));
        assert_eq!(throttle.class(peer(2), true), Class::Known);
        assert_eq!(throttle.class(peer(1), true), Class::Stranger);
        fail(1);
        assert_eq!(throttle.class(peer(1), true), Class::Suspect);
        assert_eq!(throttle.class(peer(3), false), Class::Stranger);
        (4..16).for_each(fail);
        assert_eq!(throttle.class(peer(3), false), Class::Suspect);
        assert_eq!(throttle.class(peer(3), true), Class::Known);
        assert_eq!(throttle.class(ClientKey::of([127, 0, 1, 1].into()), false), Class::Stranger);
    }

    #[test]
    fn a_guess_is_checked_again_once_its_wait_is_over() {
        let (clock, alice) = (ManualClock::start(), NameKey::of("alice"));
        let throttle = throttle_by(&clock, 2, 100);
        for _ in 0..2 {
            throttle.begin(&alice, peer(1)).unwrap();
        }
        let TooManyAttempts(wait) = throttle.begin(&alice, peer(1)).unwrap_err();
        clock.advance(wait.saturating_sub(Duration::from_nanos(1)));
        assert!(throttle.check(&alice, peer(1)).is_err());
        clock.advance(Duration::from_nanos(1));
        assert_eq!(throttle.begin(&alice, peer(1)), Ok(()));
        let TooManyAttempts(next) = throttle.begin(&alice, peer(1)).unwrap_err();
        assert_eq!(next, 2 * wait);
    }

    #[test]
    fn counts_by_address_restart_after_a_minute() {
        let (clock, alice) = (ManualClock::start(), NameKey::of("alice"));
        let throttle = throttle_by(&clock, 100, 100);
        (0..6).for_each(|_| throttle.begin(&alice, peer(1)).unwrap());
        (0..3).for_each(|_| throttle.register(peer(1)).unwrap());
        let refuse = || throttle.refuse(peer(1));
        assert!((0..REFUSED_AT_ONCE).all(|_| refuse().is_zero()));
        assert_eq!(throttle.class(peer(1), false), Class::Suspect);
        assert_eq!(refuse(), PAUSE);
        clock.advance(MINUTE);
        assert_eq!(throttle.class(peer(1), false), Class::Stranger);
        assert_eq!(refuse(), Duration::ZERO);
        assert!((0..3).all(|_| throttle.register(peer(1)).is_ok()));
    }

    #[test]
    fn an_address_that_does_not_wait_is_refused_slowly() {
        let throttle = throttle(10, 10);
        for _ in 0..REFUSED_AT_ONCE {
            assert_eq!(throttle.refuse(peer(1)), Duration::ZERO);
        }
        assert_eq!([(); 3].map(|()| throttle.refuse(peer(1))), [PAUSE; 3]);
        assert_eq!(throttle.refuse(peer(2)), Duration::ZERO);
    }

    #[test]
    fn a_conflict_counts_as_ten_registrations() {
        let limits = AttemptLimits {
            registrations_per_address: limit(20),
            failures_per_address: limit(10),
            failures_per_account: limit(10),
        };
        let throttle = Throttle::new(limits, ManualClock::start());
        throttle.register(peer(1)).unwrap();
        throttle.register_conflict(peer(1));
        for _ in 10..20 {
            throttle.register(peer(1)).unwrap();
        }
        assert!(throttle.register(peer(1)).is_err());
        assert_eq!(throttle.check(&NameKey::of("alice"), peer(1)), Ok(()));
    }

    #[test]
    fn registrations_are_counted_by_address() {
        let throttle = throttle(10, 10);
        for _ in 0..3 {
            throttle.register(peer(1)).unwrap();
        }
        assert!(throttle.register(peer(1)).is_err());
        assert_eq!(throttle.register(peer(2)), Ok(()));
    }
}
