//! Addresses that a program on this machine can connect to.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

/// The address to connect to on the same machine. For `0.0.0.0` and `[::]`, this is loopback.
pub(crate) fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}
