//! Where a server listens.

use std::{
    io,
    net::{SocketAddr, TcpListener, ToSocketAddrs},
};

/// The pages that a listener serves besides the API.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pages {
    /// The documents and Swagger UI.
    pub docs: bool,
    /// The console.
    pub console: bool,
}

/// Where a server listens, and what for.
pub struct Listener {
    pub(crate) socket: TcpListener,
    pub(crate) pages: Pages,
}

impl Listener {
    /// Listens on every address that `address` names, for requests of the API and of
    /// `pages`.
    ///
    /// # Errors
    /// When that is possible on none of them.
    pub fn bind(address: impl ToSocketAddrs, pages: Pages) -> io::Result<Vec<Self>> {
        let mut failure = io::Error::from(io::ErrorKind::AddrNotAvailable);
        let mut listeners = Vec::new();
        for address in address.to_socket_addrs()? {
            match TcpListener::bind(address) {
                Ok(socket) => listeners.push(Self { socket, pages }),
                Err(error) => failure = error,
            }
        }
        if listeners.is_empty() { Err(failure) } else { Ok(listeners) }
    }

    /// The address that it got.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// The pages that are there.
    #[must_use]
    pub fn pages(&self) -> Pages {
        self.pages
    }
}
