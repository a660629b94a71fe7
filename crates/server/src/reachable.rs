//! Addresses that a program on this machine can connect to.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

/// Where a server that listens on `address` is reached on its own machine: one that listens
/// everywhere listens on loopback as well.
pub(crate) fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(match address {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    address
}
