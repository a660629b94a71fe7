//! `rollcall healthcheck`: asks a server on this machine whether it is ready.

use std::{net::ToSocketAddrs, sync::Arc, time::Duration};

use rustls::crypto::ring;
use ureq::tls::TlsConfig;

use crate::failure::Failure;

const TIMEOUT: Duration = Duration::from_secs(3);

/// Succeeds when the server that listens on `listen`, with TLS or without, says that it is ready.
pub(crate) fn check(listen: &str, with_tls: bool) -> Result<(), Failure> {
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
    // The certificate names what clients reach the server by, not the address here. Nothing secret is sent, and
    // this machine is trusted.
    let tls = TlsConfig::builder()
        .disable_verification(true)
        .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
        .build();
    // A proxy can't reach the server of this machine, and container clients set `HTTP_PROXY` in
    // every container.
    let config =
        ureq::Agent::config_builder().proxy(None).timeout_global(Some(TIMEOUT)).tls_config(tls);
    let scheme = if with_tls { "https" } else { "http" };
    config
        .build()
        .new_agent()
        .get(format!("{scheme}://{address}/health/ready"))
        .call()
        .map(drop)
        .map_err(|error| format!("{address} is not ready: {error}").into())
}
