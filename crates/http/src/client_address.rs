//! Where a request comes from, when proxies stand in between.

mod forwarded;

use std::{net::IpAddr, num::NonZeroU8};

use actix_web::{HttpRequest, http::header::HeaderMap, web};
use ipnet::IpNet;
use rollcall_domain::{Lane, canonical};

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

/// The lane of the client behind `request`.
pub(crate) fn lane(request: &HttpRequest) -> Lane {
    client(request).map(Lane::of).unwrap_or_default()
}

/// The address of the client behind `request`.
pub(crate) fn client(request: &HttpRequest) -> Option<IpAddr> {
    request.app_data::<web::Data<TrustedProxies>>()?.client_of(request).map(canonical)
}

impl TrustedProxies {
    /// The address of the client behind `request`: the peer's, or what a trusted peer says.
    fn client_of(&self, request: &HttpRequest) -> Option<IpAddr> {
        let peer = request.peer_addr()?.ip().to_canonical();
        Some(self.behind(peer, request.headers()))
    }

    fn behind(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        match self {
            Self::Networks(networks) if !trusts(networks, peer) => peer,
            Self::Networks(networks) => behind_networks(networks, peer, headers),
            Self::Hops(hops) => behind_hops(*hops, headers).unwrap_or(peer),
        }
    }
}

/// Walks `X-Forwarded-For` from the right, where each proxy adds the address that it saw, to the
/// first address that is no trusted proxy's. Clients can make up everything left of it. An entry
/// that is no address ends the walk.
fn behind_networks(networks: &[IpNet], peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let mut client = peer;
    for address in forwarded::from_the_right(headers) {
        match address {
            Some(address) if trusts(networks, client) => client = address,
            _ => break,
        }
    }
    client
}

/// The address that the outermost of the proxies has added: as many from the right as there are
/// proxies. None if that entry is no address, or if there are fewer.
fn behind_hops(hops: NonZeroU8, headers: &HeaderMap) -> Option<IpAddr> {
    forwarded::from_the_right(headers).nth(usize::from(hops.get()) - 1).flatten()
}

fn trusts(networks: &[IpNet], address: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(&address))
}

#[cfg(test)]
mod tests {
    use super::TrustedProxies;
    use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

    const PEER: &str = "10.0.0.1";

    fn client(proxies: &TrustedProxies, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            let name = HeaderName::from_static("x-forwarded-for");
            headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        proxies.behind(PEER.parse().unwrap(), &headers).to_string()
    }

    fn networks(networks: &[&str]) -> TrustedProxies {
        TrustedProxies::Networks(networks.iter().map(|text| text.parse().unwrap()).collect())
    }

    #[test]
    fn nobody_is_believed_who_is_not_trusted() {
        assert_eq!(client(&TrustedProxies::default(), &["1.2.3.4"]), PEER);
        assert_eq!(client(&networks(&["10.9.0.0/16"]), &["1.2.3.4"]), PEER);
    }

    #[test]
    fn the_client_is_the_last_address_that_is_no_trusted_proxy() {
        let trusted = networks(&["10.0.0.0/8"]);
        for (forwarded, expected) in [
            (&[][..], PEER),
            (&["1.2.3.4"], "1.2.3.4"),
            (&["6.6.6.6, 1.2.3.4"], "1.2.3.4"),
            (&["6.6.6.6, 1.2.3.4, 10.0.0.2"], "1.2.3.4"),
            (&["6.6.6.6, 1.2.3.4, 10.0.0.2:4711"], "1.2.3.4"),
            (&["6.6.6.6", "1.2.3.4,10.0.0.2"], "1.2.3.4"),
            (&["6.6.6.6, unknown, 10.0.0.2"], "10.0.0.2"),
            (&["::ffff:1.2.3.4"], "1.2.3.4"),
            (&["2001:db8::1"], "2001:db8::1"),
            (&["\u{e9}, 1.2.3.4"], "1.2.3.4"),
            (&[""], PEER),
        ] {
            assert_eq!(client(&trusted, forwarded), expected, "{forwarded:?}");
        }
    }

    #[test]
    fn hops_are_counted_from_the_right() {
        for (hops, forwarded, expected) in [
            (1, &[][..], PEER),
            (1, &[""], PEER),
            (1, &["1.2.3.4"], "1.2.3.4"),
            (1, &["6.6.6.6, 1.2.3.4"], "1.2.3.4"),
            (1, &["\u{e9}, 1.2.3.4"], "1.2.3.4"),
            (1, &["6.6.6.6,, 1.2.3.4"], "1.2.3.4"),
            (1, &["6.6.6.6", "1.2.3.4"], "1.2.3.4"),
            (1, &["6.6.6.6, unknown"], PEER),
            (1, &["6.6.6.6,"], PEER),
            (2, &["1.2.3.4"], PEER),
            (2, &["1.2.3.4, 5.5.5.5"], "1.2.3.4"),
            (2, &["6.6.6.6, 1.2.3.4", "5.5.5.5"], "1.2.3.4"),
            (2, &["6.6.6.6, [2001:db8::1]:80, 5.5.5.5"], "2001:db8::1"),
            (2, &["6.6.6.6, , 5.5.5.5"], PEER),
            (3, &["1.2.3.4, unknown", "5.5.5.5"], "1.2.3.4"),
        ] {
            let proxies = TrustedProxies::Hops(hops.try_into().unwrap());
            assert_eq!(client(&proxies, forwarded), expected, "{hops} {forwarded:?}");
        }
    }
}
