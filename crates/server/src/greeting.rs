//! What a start says: which store is served, and where.

use std::net::SocketAddr;

use rollcall_http::{BasePath, Listener};
use rollcall_persistence::{DatabaseUrl, Store};

use crate::{commands::counted, failure::Failure, reachable::reachable};

/// Where the server listens.
pub(crate) struct Greeting {
    scheme: &'static str,
    base_path: BasePath,
    /// Each address, and whether Swagger UI is there.
    addresses: Vec<(SocketAddr, bool)>,
}

impl Greeting {
    /// Takes the addresses of listeners.
    pub(crate) fn of(listeners: &[Listener], has_tls: bool, base_path: BasePath) -> Self {
        let address = |it: &Listener| Some((it.address().ok()?, it.has_docs()));
        let addresses = listeners.iter().filter_map(address).collect();
        Self { scheme: if has_tls { "https" } else { "http" }, base_path, addresses }
    }

    /// Says the store and the addresses: a store in another folder than was meant is new, and has
    /// no users but the first admin.
    pub(crate) fn say(&self, url: &DatabaseUrl, store: &Store) {
        let Self { scheme, base_path, addresses } = self;
        // A store that fails says so elsewhere.
        let users = store.count().map(|count| format!(" ({})", counted(count, "user")));
        // A path may have characters that a terminal obeys.
        log::info!("store: {}{}", Failure::from(url.place()), users.unwrap_or_default());
        for (address, _) in addresses {
            log::info!("listening on {scheme}://{address}");
        }
        for (address, _) in addresses.iter().filter(|(_, has_docs)| *has_docs) {
            log::info!("Swagger UI: {scheme}://{}{base_path}/", reachable(*address));
        }
    }
}
