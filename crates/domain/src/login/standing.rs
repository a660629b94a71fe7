//! Addresses that go ahead of strangers, because a user has proved a password from there.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use moka::sync::Cache;

use crate::{client_key::ClientKey, user::name::NameKey};

/// How many addresses and users are remembered at most.
const CAPACITY: u64 = 100_000;

/// How many addresses are in good standing because of one user. Otherwise one account would put as
/// many addresses ahead as its owner can send from.
const ADDRESSES_OF_A_USER: usize = 32;

/// How long an address is exempt after it has proved the password.
pub(super) const EXEMPT: Duration = Duration::from_secs(15 * 60);

/// The addresses in good standing, each for as long as after a proof requests are exempt.
pub(super) struct Standing {
    /// When the password was last proved from there.
    addresses: Cache<ClientKey, Duration>,
    users: Cache<NameKey, Arc<Mutex<Proved>>>,
}

/// The addresses that are in good standing because of a user, and when that was proved last.
type Proved = Vec<(ClientKey, Duration)>;

impl Standing {
    pub(super) fn new() -> Self {
        let addresses = Cache::builder().max_capacity(CAPACITY).time_to_live(EXEMPT).build();
        let users = Cache::builder().max_capacity(CAPACITY).time_to_idle(EXEMPT).build();
        Self { addresses, users }
    }

    /// Whether an address is in good standing.
    pub(super) fn is_good(&self, client_key: ClientKey, now: Duration) -> bool {
        self.addresses.get(&client_key).is_some_and(|proved| now.saturating_sub(proved) < EXEMPT)
    }

    /// Puts an address in good standing from which a user has proved a password, unless others
    /// already are because of this user.
    pub(super) fn proved(&self, name: &NameKey, client_key: ClientKey, now: Duration) {
        let clients = self.users.get_with(name.clone(), Arc::default);
        let mut clients = clients.lock().unwrap_or_else(PoisonError::into_inner);
        clients.retain(|(other, time)| *other != client_key && now.saturating_sub(*time) < EXEMPT);
        if clients.len() < ADDRESSES_OF_A_USER {
            clients.push((client_key, now));
            self.addresses.insert(client_key, now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ADDRESSES_OF_A_USER, ClientKey, EXEMPT, Standing};
    use crate::user::name::NameKey;
    use std::time::Duration;

    fn peer(number: usize) -> ClientKey {
        ClientKey::of([127, 0, 1, u8::try_from(number).unwrap()].into())
    }

    #[test]
    fn a_user_puts_at_most_32_addresses_in_good_standing() {
        let (standing, now) = (Standing::new(), Duration::ZERO);
        let [alice, bob] = ["alice", "bob"].map(NameKey::of);
        for _ in 0..2 {
            for number in 0..ADDRESSES_OF_A_USER + 5 {
                standing.proved(&alice, peer(number), now);
            }
        }
        let good = |count| (0..count).filter(|number| standing.is_good(peer(*number), now)).count();
        assert_eq!(good(ADDRESSES_OF_A_USER + 5), ADDRESSES_OF_A_USER);
        let next = ADDRESSES_OF_A_USER;
        assert!(!standing.is_good(peer(next), now));
        standing.proved(&bob, peer(next), now);
        assert!(standing.is_good(peer(next), now));
        // Those of long ago make room.
        standing.proved(&alice, peer(next + 1), now + EXEMPT);
        assert!(standing.is_good(peer(next + 1), now + EXEMPT));
        assert!(!standing.is_good(peer(next), now + EXEMPT));
    }
}
