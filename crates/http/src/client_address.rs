//! Where a request comes from, when proxies stand in between.

use std::net::IpAddr;

use actix_web::{HttpRequest, http::header::HeaderMap, web};
use ipnet::IpNet;
use rollcall_domain::{Lane, canonical};

/// The proxies whose word is taken for whom they forward.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(pub Vec<IpNet>);

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

    /// Walks `X-Forwarded-For` from the right, where each proxy adds the address that it saw, to
    /// the first address that is no trusted proxy's. What stands left of it anyone can have made
    /// up; what can't be read ends the walk.
    fn behind(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let values: Vec<_> = headers.get_all("X-Forwarded-For").collect();
        let said = values.iter().rev().flat_map(|value| {
            value.to_str().unwrap_or_default().rsplit(',').map(|text| text.trim().parse())
        });
        let mut client = peer;
        for address in said {
            match address {
                Ok(address) if self.trusts(client) => client = IpAddr::to_canonical(&address),
                _ => break,
            }
        }
        client
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

#[cfg(test)]
mod tests {
    use super::TrustedProxies;
    use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

    fn client(trusted: &[&str], forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            let name = HeaderName::from_static("x-forwarded-for");
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        let proxies = TrustedProxies(trusted.iter().map(|it| it.parse().unwrap()).collect());
        proxies.behind("10.0.0.1".parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn nobody_is_believed_who_is_not_trusted() {
        assert_eq!(client(&[], &["1.2.3.4"]), "10.0.0.1");
        assert_eq!(client(&["10.9.0.0/16"], &["1.2.3.4"]), "10.0.0.1");
    }

    #[test]
    fn the_client_is_the_last_address_that_is_no_trusted_proxy() {
        let trusted = &["10.0.0.0/8"][..];
        for (forwarded, expected) in [
            (&[][..], "10.0.0.1"),
            (&["1.2.3.4"], "1.2.3.4"),
            (&["6.6.6.6, 1.2.3.4"], "1.2.3.4"),
            (&["6.6.6.6, 1.2.3.4, 10.0.0.2"], "1.2.3.4"),
            (&["6.6.6.6", "1.2.3.4,10.0.0.2"], "1.2.3.4"),
            (&["6.6.6.6, unknown, 10.0.0.2"], "10.0.0.2"),
            (&["::ffff:1.2.3.4"], "1.2.3.4"),
            (&["2001:db8::1"], "2001:db8::1"),
            (&[""], "10.0.0.1"),
        ] {
            assert_eq!(client(trusted, forwarded), expected, "{forwarded:?}");
        }
    }
}
