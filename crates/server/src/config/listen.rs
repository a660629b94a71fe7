//! Addresses to listen on, and errors about them.

use std::{
    io,
    net::{SocketAddr, ToSocketAddrs},
};

use rollcall_http::Pages;

use crate::failure::Failure;

/// An address to listen on, and the flag that it comes from.
pub(crate) struct ListenAddress<'a> {
    pub(crate) flag: &'static str,
    pub(crate) address: &'a str,
    pub(crate) pages: Pages,
}

/// Reads a host and a port. The host is looked up later.
pub(crate) fn parse_address(text: &str) -> Result<String, String> {
    let is_port = |port: &str| port.parse::<u16>().is_ok();
    match text.rsplit_once(':') {
        Some(("", port)) if is_port(port) => Err(format!(
            "must have a host, such as 127.0.0.1:{port}; 0.0.0.0:{port} is every address"
        )),
        Some((_, port)) if is_port(port) => Ok(text.to_owned()),
        None if is_port(text) => Err(format!("must have a host, such as 127.0.0.1:{text}")),
        _ => Err("must be HOST:PORT, such as 127.0.0.1:8080".to_owned()),
    }
}

impl<'a> ListenAddress<'a> {
    /// The address of the metrics listener.
    pub(crate) fn metrics(address: &'a str) -> Self {
        Self { flag: "metrics-listen", address, pages: Pages::default() }
    }

    /// The address of the server that a health check connects to.
    pub(crate) fn of_server(address: &'a str) -> Self {
        Self { flag: "listen", address, pages: Pages::default() }
    }

    /// Resolves the host.
    pub(crate) fn look_up(&self) -> Result<Vec<SocketAddr>, Failure> {
        let addresses = self.address.to_socket_addrs().map(Iterator::collect::<Vec<_>>);
        addresses.ok().filter(|addresses| !addresses.is_empty()).ok_or_else(|| {
            let host = self.address.rsplit_once(':').map_or(self.address, |(host, _)| host);
            self.unusable(&format!(
                "the host {host} has no address; give a host that resolves, or an IP address"
            ))
        })
    }

    /// The first address of the host that is not loopback.
    pub(super) fn open_address(&self) -> Result<Option<SocketAddr>, Failure> {
        let mut addresses = self.look_up()?.into_iter();
        Ok(addresses.find(|address| !address.ip().to_canonical().is_loopback()))
    }

    /// The error of listening on this address.
    pub(crate) fn failure(&self, error: &io::Error) -> Failure {
        let address = self.address;
        self.unusable(&match error.kind() {
            io::ErrorKind::AddrInUse => {
                format!("{address} is in use; stop the program that listens there, or give another")
            }
            io::ErrorKind::AddrNotAvailable => {
                format!(
                    "{address} is not an address of this machine; give one of its own, or 0.0.0.0"
                )
            }
            io::ErrorKind::PermissionDenied => {
                format!("{address} requires privileges; give a port from 1024 on")
            }
            _ => format!("listening on {address}: {error}"),
        })
    }

    fn unusable(&self, reason: &str) -> Failure {
        Failure::about_setting(self.flag, &reason)
    }
}
