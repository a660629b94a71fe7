//! The log lines of a start: the store and the addresses.

use std::net::SocketAddr;

use rollcall_http::{BasePath, Listener, Pages};
use rollcall_persistence::{DatabaseUrl, Store};

use crate::{commands::reachable::reachable, failure::Failure, words::counted};

/// How many users are counted at most: counting all takes long in a large store.
const COUNTED: u32 = 10_000;

/// The addresses of the server.
pub(crate) struct Greeting {
    scheme: &'static str,
    base_path: BasePath,
    /// Each address, and the pages that it serves.
    addresses: Vec<(SocketAddr, Pages)>,
}

impl Greeting {
    /// Takes the addresses of listeners.
    pub(crate) fn of(listeners: &[Listener], has_tls: bool, base_path: BasePath) -> Self {
        let address = |listener: &Listener| Some((listener.address().ok()?, listener.pages()));
        let addresses = listeners.iter().filter_map(address).collect();
        Self { scheme: if has_tls { "https" } else { "http" }, base_path, addresses }
    }

    /// An address at which this machine reaches the server, and whether it uses TLS.
    pub(crate) fn own_address(&self) -> Option<(SocketAddr, bool)> {
        let (address, _) = self.addresses.first()?;
        Some((reachable(*address), self.scheme == "https"))
    }

    /// Logs the store and the addresses. A start in the wrong folder creates a new store, which the
    /// path and the number of users show.
    pub(crate) fn log(&self, url: &DatabaseUrl, store: &Store) {
        let Self { scheme, base_path, addresses } = self;
        // Other code reports failures of the store.
        let users = store.count_up_to(COUNTED).map(|count| format!(" ({})", number(count)));
        // `Failure` escapes control characters in the path.
        log::info!("store: {}{}", Failure::from(url.place()), users.unwrap_or_default());
        for (address, _) in addresses {
            log::info!("listening on {scheme}://{address}");
        }
        for (address, _) in addresses.iter().filter(|(_, pages)| pages.docs) {
            log::info!("Swagger UI: {scheme}://{}{base_path}/", reachable(*address));
        }
        for (address, _) in addresses.iter().filter(|(_, pages)| pages.console) {
            log::info!("console: {scheme}://{}{base_path}/console/", reachable(*address));
        }
    }
}

/// How many users there are, once they are counted up to [`COUNTED`].
fn number(users: u64) -> String {
    if users > u64::from(COUNTED) {
        format!("more than {COUNTED} users")
    } else {
        counted(users, "user")
    }
}

#[cfg(test)]
mod tests {
    use super::{COUNTED, number};

    #[test]
    fn many_users_are_not_counted_to_the_last() {
        let most = u64::from(COUNTED);
        assert_eq!([1, 3, most].map(number), ["1 user", "3 users", "10000 users"]);
        assert_eq!(number(most + 1), "more than 10000 users");
    }
}
