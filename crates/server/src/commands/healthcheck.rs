//! `rollcall healthcheck`: asks a server on this machine whether it is ready.

use std::{net::ToSocketAddrs, time::Duration};

use crate::failure::Failure;

const TIMEOUT: Duration = Duration::from_secs(3);

/// Succeeds when the server that listens on `listen` says that it is ready.
pub(crate) fn check(listen: &str) -> Result<(), Failure> {
    let mut address = listen
        .to_socket_addrs()
        .ok()
        .and_then(|mut addresses| addresses.next())
        .ok_or_else(|| Failure::of_setting("listen", &"must be HOST:PORT"))?;
    if address.ip().is_unspecified() {
        // A server that listens everywhere listens on loopback as well.
        address.set_ip(match address {
            std::net::SocketAddr::V4(_) => std::net::Ipv4Addr::LOCALHOST.into(),
            std::net::SocketAddr::V6(_) => std::net::Ipv6Addr::LOCALHOST.into(),
        });
    }
    let agent = ureq::Agent::config_builder().timeout_global(Some(TIMEOUT)).build().new_agent();
    agent
        .get(format!("http://{address}/health/ready"))
        .call()
        .map(drop)
        .map_err(|error| format!("{address} is not ready: {error}").into())
}
