//! Clients by their addresses, and the networks that those are in.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How many levels of networks there are: IPv6 /48, /56 and /64; of IPv4 the first two are both
/// /24.
pub(crate) const LEVELS: usize = 3;

/// How many clients' limits a network of each level has for all its clients together.
const CLIENTS: [u32; LEVELS] = [16, 4, 1];

/// On whose behalf work is done: a client, by its address. An IPv6 /64 is one client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ClientKey(Option<IpAddr>);

/// An address cut to a prefix of so many bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Network {
    address: Option<IpAddr>,
    bits: u8,
}

impl ClientKey {
    /// The key of a client's address.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        Self(Some(match canonical(address) {
            IpAddr::V6(address) => cut_v6(address, 64).into(),
            address @ IpAddr::V4(_) => address,
        }))
    }

    /// The bytes of the address; none where there is no address.
    pub(crate) fn octets(self) -> Vec<u8> {
        match self.0 {
            None => Vec::new(),
            Some(IpAddr::V4(address)) => address.octets().to_vec(),
            Some(IpAddr::V6(address)) => address.octets().to_vec(),
        }
    }

    /// The networks that the client is in, the widest first. The last one is the client itself.
    pub(crate) fn networks(self) -> [Network; LEVELS] {
        let bits = match self.0 {
            None => [0; LEVELS],
            Some(IpAddr::V4(_)) => [24, 24, 32],
            Some(IpAddr::V6(_)) => [48, 56, 64],
        };
        bits.map(|bits| Network { address: self.0.map(|address| cut(address, bits)), bits })
    }

    /// The client's own network.
    pub(crate) fn own_network(self) -> Network {
        let [_, _, own] = self.networks();
        own
    }

    /// Each network that the client is in, the widest first, and how many clients' limits it has.
    pub(crate) fn limited_networks(self) -> impl Iterator<Item = (Network, u32)> {
        let own_level = match self.0 {
            None => 2,
            Some(IpAddr::V4(_)) => 1,
            Some(IpAddr::V6(_)) => 0,
        };
        self.networks().into_iter().zip(CLIENTS).skip(own_level)
    }
}

/// The IPv4 address that an IPv6 address stands for, mapped (`::ffff:0:0/96`) or translated
/// (NAT64, `64:ff9b::/96`); any other address as it is.
#[must_use]
pub fn canonical(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) if matches!(address.segments(), [0x64, 0xff9b, 0, 0, 0, 0, _, _]) => {
            let [.., a, b, c, d] = address.octets();
            Ipv4Addr::new(a, b, c, d).into()
        }
        address => address,
    }
}

fn cut(address: IpAddr, bits: u8) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
            Ipv4Addr::from_bits(address.to_bits() & mask).into()
        }
        IpAddr::V6(address) => cut_v6(address, bits).into(),
    }
}

fn cut_v6(address: Ipv6Addr, bits: u8) -> Ipv6Addr {
    let mask = u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0);
    Ipv6Addr::from_bits(address.to_bits() & mask)
}

#[cfg(test)]
mod tests {
    use super::ClientKey;

    fn client_key(text: &str) -> ClientKey {
        ClientKey::of(text.parse().unwrap())
    }

    /// How many of the networks of the two are the same.
    fn shared(one: &str, other: &str) -> usize {
        let networks = client_key(one).networks().into_iter().zip(client_key(other).networks());
        networks.filter(|(one, other)| one == other).count()
    }

    #[test]
    fn one_ipv6_network_of_64_bits_is_one_client() {
        assert_eq!(client_key("2001:db8::1"), client_key("2001:db8::ffff:1"));
        assert_ne!(client_key("2001:db8::1"), client_key("2001:db8:0:1::1"));
    }

    #[test]
    fn an_ipv4_address_is_the_same_client_however_it_is_written() {
        for text in ["::ffff:10.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::a00:1"] {
            assert_eq!(client_key(text), client_key("10.0.0.1"), "{text}");
        }
        assert_ne!(client_key("64:ff9b:1::10.0.0.1"), client_key("10.0.0.1"));
    }

    #[test]
    fn clients_share_the_networks_that_both_are_in() {
        assert_eq!(shared("2001:db8::1", "2001:db8::2"), 3);
        assert_eq!(shared("2001:db8::1", "2001:db8:0:ff::1"), 2);
        assert_eq!(shared("2001:db8::1", "2001:db8:0:100::1"), 1);
        assert_eq!(shared("2001:db8::1", "2001:db8:1::1"), 0);
        assert_eq!(shared("10.0.0.1", "10.0.0.2"), 2);
        assert_eq!(shared("10.0.0.1", "10.0.1.1"), 0);
    }

    #[test]
    fn wider_networks_have_the_limits_of_more_clients() {
        let clients = |client_key: ClientKey| {
            client_key.limited_networks().map(|(_, network)| network).collect::<Vec<_>>()
        };
        assert_eq!(clients(client_key("2001:db8::1")), [16, 4, 1]);
        assert_eq!(clients(client_key("10.0.0.1")), [4, 1]);
        assert_eq!(clients(ClientKey::default()), [1]);
        for client_key in [client_key("2001:db8::1"), client_key("10.0.0.1"), ClientKey::default()]
        {
            let last = client_key.limited_networks().last();
            assert_eq!(last, Some((client_key.own_network(), 1)));
        }
    }
}
