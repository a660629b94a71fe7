//! `rollcall healthcheck`: checks whether a server on this machine is ready.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use rustls::crypto::ring;
use ureq::{Error, tls::TlsConfig};

use super::reachable::reachable;
use crate::{config::listen::ListenAddress, failure::Failure};

const TIMEOUT: Duration = Duration::from_secs(3);

/// Succeeds if the server on `listen`, with TLS or without, reports that it is ready.
pub(crate) fn check(listen: &str, with_tls: bool) -> Result<(), Failure> {
    // A host that resolves has at least one address.
    let found = ListenAddress::of_server(listen).look_up()?.into_iter().next();
    let Some(address) = found.map(reachable) else { return Ok(()) };
    ask(address, "/health/ready", with_tls)
        .map_err(|reason| format!("{address} is not ready: {reason}").into())
}

/// Succeeds if the server on this address answers `path` with 2xx. Otherwise returns the reason.
pub(crate) fn ask(address: SocketAddr, path: &str, with_tls: bool) -> Result<(), String> {
    // The certificate has the name that clients use, not this address. The request has no secrets,
    // and this machine is trusted.
    let tls = TlsConfig::builder()
        .disable_verification(true)
        .unversioned_rustls_crypto_provider(Arc::new(ring::default_provider()))
        .build();
    // A proxy cannot reach a server on loopback, but container tools set `HTTP_PROXY` in every
    // container.
    let config =
        ureq::Agent::config_builder().proxy(None).timeout_global(Some(TIMEOUT)).tls_config(tls);
    let scheme = if with_tls { "https" } else { "http" };
    config
        .build()
        .new_agent()
        .get(format!("{scheme}://{address}{path}"))
        .call()
        .map(drop)
        .map_err(|error| reason(&error, with_tls))
}

/// The error, and how to fix it if that is known.
fn reason(error: &Error, with_tls: bool) -> String {
    match error {
        Error::StatusCode(status) => format!("the server answers {status}"),
        Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            "nothing listens there; start the server, or give its --listen".to_owned()
        }
        Error::Protocol(_) if !with_tls => {
            "the answer is not HTTP; give --tls-cert (ROLLCALL_TLS_CERT) for a server with TLS"
                .to_owned()
        }
        Error::Rustls(_) | Error::Tls(_) => no_tls(),
        // A failed handshake is reported as an I/O error.
        Error::Io(error) if with_tls && error.kind() == io::ErrorKind::InvalidData => no_tls(),
        error => error.to_string(),
    }
}

fn no_tls() -> String {
    "the server does not use TLS; leave out --tls-cert (ROLLCALL_TLS_CERT)".to_owned()
}
