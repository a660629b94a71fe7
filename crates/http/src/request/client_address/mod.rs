//! Where a request comes from, when proxies stand in between.

pub(crate) mod forwarded;
mod node;
mod rfc7239;
pub(crate) mod untrusted_proxy;

use std::{net::IpAddr, num::NonZeroU8};

use actix_web::{HttpRequest, http::header::HeaderMap, web};
use ipnet::IpNet;
use rollcall_domain::{ClientKey, canonical};

use self::forwarded::ForwardedHeader;

/// Which proxies are trusted, and the header in which they name the client.
#[derive(Clone, Debug, Default)]
pub struct Forwarding {
    /// The trusted proxies.
    pub proxies: TrustedProxies,
    /// The one header that is read.
    pub header: ForwardedHeader,
}

/// The proxies whose word is taken for whom they forward.
#[derive(Clone, Debug)]
pub enum TrustedProxies {
    /// Those at these addresses.
    Networks(Vec<IpNet>),
    /// This many of them, one behind the other, before the server. Nothing else reaches it.
    Hops(NonZeroU8),
}

impl Default for TrustedProxies {
    /// None is trusted.
    fn default() -> Self {
        Self::Networks(Vec::new())
    }
}

/// The key of the client behind `request`.
pub(crate) fn client_key(request: &HttpRequest) -> ClientKey {
    client(request).map(ClientKey::of).unwrap_or_default()
}

/// The address of the client behind `request`.
pub(crate) fn client(request: &HttpRequest) -> Option<IpAddr> {
    request.app_data::<web::Data<Forwarding>>()?.client_of(request).map(canonical)
}

/// Whether a trusted proxy has passed `request` on.
pub(crate) fn is_from_trusted_proxy(request: &HttpRequest) -> bool {
    let forwarding = request.app_data::<web::Data<Forwarding>>();
    forwarding.is_some_and(|forwarding| forwarding.trusts_peer_of(request))
}

impl Forwarding {
    /// Whether the peer of `request` is a trusted proxy. Behind trusted hops every peer is one.
    fn trusts_peer_of(&self, request: &HttpRequest) -> bool {
        let peer = request.peer_addr().map(|peer| peer.ip().to_canonical());
        match &self.proxies {
            TrustedProxies::Networks(networks) => peer.is_some_and(|peer| trusts(networks, peer)),
            TrustedProxies::Hops(_) => true,
        }
    }

    /// The address of the client behind `request`: the peer's, or what a trusted peer says.
    fn client_of(&self, request: &HttpRequest) -> Option<IpAddr> {
        let peer = request.peer_addr()?.ip().to_canonical();
        Some(self.behind(peer, request.headers()))
    }

    fn behind(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let clients = || self.header.clients(headers);
        match &self.proxies {
            TrustedProxies::Networks(networks) if !trusts(networks, peer) => peer,
            TrustedProxies::Networks(networks) => behind_networks(networks, peer, clients()),
            TrustedProxies::Hops(hops) => behind_hops(*hops, clients()).unwrap_or(peer),
        }
    }
}

/// Walks the header from the right, where each proxy adds the address that it saw, to the first
/// address that is no trusted proxy's. Clients can make up everything left of it. An element
/// without an address ends the walk.
fn behind_networks(
    networks: &[IpNet],
    peer: IpAddr,
    clients: impl Iterator<Item = Option<IpAddr>>,
) -> IpAddr {
    let mut client = peer;
    for address in clients {
        match address {
            Some(address) if trusts(networks, client) => client = address,
            _ => break,
        }
    }
    client
}

/// The address that the outermost of the proxies has added: as many from the right as there are
/// proxies. None if there are fewer, or if one of them has no address: then it is not certain that
/// the proxies have written the others.
fn behind_hops(hops: NonZeroU8, clients: impl Iterator<Item = Option<IpAddr>>) -> Option<IpAddr> {
    let hops = usize::from(hops.get());
    let addresses: Option<Vec<_>> = clients.take(hops).collect();
    addresses.filter(|addresses| addresses.len() == hops)?.pop()
}

fn trusts(networks: &[IpNet], address: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(&address))
}

#[cfg(test)]
mod tests;
