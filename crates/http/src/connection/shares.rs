//! Who has how many connections, and which of them makes room for another client's.
//!
//! A client is an IPv4 address, or a network of 64 bits of IPv6. As an attacker can have many of
//! these, those of one IPv4 /24, IPv6 /56 and /48 are counted together: the largest of the widest
//! groups makes room, in it the largest of the next, and so on.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::Arc,
    thread::ThreadId,
};

use super::seat::{Activity, Seat};

/// How many groups a connection is in, one inside the other.
const LEVELS: usize = 3;

/// What a group has in common: the first bits of addresses, the widest group first.
type Prefixes = [IpAddr; LEVELS];

/// What a connection is found by again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ticket {
    prefixes: Prefixes,
    number: u64,
}

/// The connections that there are, by their clients.
#[derive(Default)]
pub(super) struct Shares {
    all: Group,
    by_worker: HashMap<ThreadId, usize>,
    /// How many have come so far: the number of the next one.
    count: u64,
}

/// The connections whose clients have a prefix in common.
#[derive(Default)]
struct Group {
    size: usize,
    /// The groups within this one, and the same by their sizes.
    parts: HashMap<IpAddr, Group>,
    sizes: BTreeSet<(usize, IpAddr)>,
    /// In the innermost groups, the connections themselves in the order in which they came.
    seats: BTreeMap<u64, Arc<Seat>>,
}

impl Shares {
    /// How many connections there are.
    pub(super) fn len(&self) -> usize {
        self.all.size
    }

    /// How many of them a worker serves.
    pub(super) fn of_worker(&self, worker: ThreadId) -> usize {
        self.by_worker.get(&worker).copied().unwrap_or_default()
    }

    /// Adds a connection of the client at `peer`.
    pub(super) fn add(&mut self, peer: IpAddr, seat: Arc<Seat>) -> Ticket {
        let ticket = Ticket { prefixes: prefixes(peer), number: self.count };
        self.count += 1;
        *self.by_worker.entry(seat.worker()).or_default() += 1;
        self.all.add(&ticket.prefixes, ticket.number, seat);
        ticket
    }

    /// Takes a connection out, if it is there.
    pub(super) fn remove(&mut self, ticket: &Ticket) {
        if let Some(seat) = self.all.remove(&ticket.prefixes, ticket.number)
            && let Some(count) = self.by_worker.get_mut(&seat.worker())
        {
            *count -= 1;
        }
    }

    /// The connection that makes room for one of the client at `peer`, if the shares become more
    /// equal by that: of the client that has most, the oldest idle one, else the oldest that waits
    /// for its client. Only one that `may_go`.
    pub(super) fn giving_way_to(
        &self,
        peer: IpAddr,
        may_go: &dyn Fn(&Seat) -> bool,
    ) -> Option<(Ticket, Arc<Seat>)> {
        let own = prefixes(peer);
        let mut path = Vec::with_capacity(LEVELS);
        let (number, seat) = self.all.giving_way(Some(&own), &mut path, may_go)?;
        let prefixes = path.try_into().ok()?;
        Some((Ticket { prefixes, number }, seat))
    }
}

impl Group {
    fn add(&mut self, prefixes: &[IpAddr], number: u64, seat: Arc<Seat>) {
        self.size += 1;
        let Some((prefix, inner)) = prefixes.split_first() else {
            self.seats.insert(number, seat);
            return;
        };
        let part = self.parts.entry(*prefix).or_default();
        self.sizes.remove(&(part.size, *prefix));
        part.add(inner, number, seat);
        self.sizes.insert((part.size, *prefix));
    }

    fn remove(&mut self, prefixes: &[IpAddr], number: u64) -> Option<Arc<Seat>> {
        let seat = match prefixes.split_first() {
            None => self.seats.remove(&number),
            Some((prefix, inner)) => self.remove_from_part(*prefix, inner, number),
        }?;
        self.size -= 1;
        Some(seat)
    }

    fn remove_from_part(
        &mut self,
        prefix: IpAddr,
        inner: &[IpAddr],
        number: u64,
    ) -> Option<Arc<Seat>> {
        let part = self.parts.get_mut(&prefix)?;
        let before = part.size;
        let seat = part.remove(inner, number)?;
        self.sizes.remove(&(before, prefix));
        if part.size == 0 {
            self.parts.remove(&prefix);
        } else {
            self.sizes.insert((part.size, prefix));
        }
        Some(seat)
    }

    /// The connection that gives way to one with the prefixes `own`, if that one would be in this
    /// group, too; else to any. The way to it is left in `path`.
    fn giving_way(
        &self,
        own: Option<&[IpAddr]>,
        path: &mut Vec<IpAddr>,
        may_go: &dyn Fn(&Seat) -> bool,
    ) -> Option<(u64, Arc<Seat>)> {
        if path.len() == LEVELS {
            // A client's connections do not give way to each other.
            return if own.is_none() { self.oldest(may_go) } else { None };
        }
        let own = own.and_then(<[IpAddr]>::split_first);
        let own_size = own.and_then(|(prefix, _)| self.parts.get(prefix)).map(|part| part.size);
        // One fewer there is still as many as one more here.
        let least = own.map_or(0, |_| own_size.unwrap_or(0) + 2);
        let larger = self.sizes.iter().rev().take_while(|(size, _)| *size >= least);
        let others = larger
            .map(|(_, prefix)| *prefix)
            .filter(|prefix| own.is_none_or(|own| prefix != own.0));
        let candidates = others.map(|prefix| (prefix, None));
        for (prefix, inner) in candidates.chain(own.map(|(prefix, inner)| (*prefix, Some(inner)))) {
            let Some(part) = self.parts.get(&prefix) else { continue };
            path.push(prefix);
            let found = part.giving_way(inner, path, may_go);
            if found.is_some() {
                return found;
            }
            path.pop();
        }
        None
    }

    fn oldest(&self, may_go: &dyn Fn(&Seat) -> bool) -> Option<(u64, Arc<Seat>)> {
        let first = |activity| {
            let mut seats = self.seats.iter();
            seats.find(|(_, seat)| seat.is(activity) && may_go(seat))
        };
        let (number, seat) = first(Activity::Idle).or_else(|| first(Activity::Waiting))?;
        Some((*number, Arc::clone(seat)))
    }
}

/// The prefixes of a peer's address. Proxies are peers as well: they share their connections among
/// their clients themselves.
fn prefixes(peer: IpAddr) -> Prefixes {
    match peer.to_canonical() {
        IpAddr::V4(address) => {
            let network = Ipv4Addr::from_bits(address.to_bits() & !0xff);
            [network.into(), address.into(), address.into()]
        }
        IpAddr::V6(address) => [48, 56, 64].map(|length| {
            let mask = u128::MAX << (128 - length);
            Ipv6Addr::from_bits(address.to_bits() & mask).into()
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::{Activity, Seat, Shares, Ticket};
    use Activity::{Idle, Waiting, Working};
    use std::{net::IpAddr, sync::Arc};

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// Connections from these addresses, of which each is at something.
    fn shares(connections: &[(&str, Activity)]) -> (Shares, Vec<(Ticket, Arc<Seat>)>) {
        let mut shares = Shares::default();
        let seats = connections.iter().map(|(peer, activity)| {
            let seat = Arc::new(Seat::new(std::thread::current().id()));
            seat.set_activity(*activity);
            (shares.add(address(peer), Arc::clone(&seat)), seat)
        });
        let seats = seats.collect();
        (shares, seats)
    }

    /// The number of the connection that gives way to one from `peer`.
    fn giving_way(connections: &[(&str, Activity)], peer: &str) -> Option<usize> {
        let (shares, seats) = shares(connections);
        let (ticket, seat) = shares.giving_way_to(address(peer), &|_| true)?;
        let found = seats.iter().position(|(_, other)| Arc::ptr_eq(&seat, other)).unwrap();
        assert_eq!(ticket.number, seats[found].0.number);
        assert_eq!(ticket.prefixes, seats[found].0.prefixes);
        Some(found)
    }

    #[test]
    fn the_oldest_idle_one_of_who_has_most_gives_way() {
        let two = [("1.1.1.1", Idle), ("2.2.2.2", Working), ("2.2.2.2", Idle), ("2.2.2.2", Idle)];
        assert_eq!(giving_way(&two, "3.3.3.3"), Some(2));
        // Both have the same share then: three, and one that is two.
        assert_eq!(giving_way(&two, "1.1.1.1"), Some(2));
        assert_eq!(giving_way(&two, "2.2.2.2"), None);
        assert_eq!(giving_way(&two[..2], "3.3.3.3"), None);
        assert_eq!(giving_way(&two[..3], "1.1.1.1"), None);
    }

    #[test]
    fn one_that_waits_for_its_client_gives_way_where_none_is_idle() {
        let busy = [("2.2.2.2", Working), ("2.2.2.2", Waiting), ("2.2.2.2", Waiting)];
        let other = [("1.1.1.1", Idle), ("1.1.1.1", Idle)];
        assert_eq!(giving_way(&[&other[..], &busy].concat(), "3.3.3.3"), Some(3));
        // Of those that are working none gives way; the next smaller share does.
        let working = [("2.2.2.2", Working); 3];
        assert_eq!(giving_way(&[&other[..], &working].concat(), "3.3.3.3"), Some(0));
        assert_eq!(giving_way(&working, "3.3.3.3"), None);
    }

    #[test]
    fn networks_are_taken_together() {
        let of_network = |count: usize, network: &str| -> Vec<(String, Activity)> {
            (0..count).map(|host| (format!("{network}{host:x}::1"), Idle)).collect()
        };
        // Many /64 of one /48 with one connection each, and one client with two.
        let mut connections = of_network(5, "2001:db8:1:");
        connections
            .extend([("2001:db8:2::1".to_owned(), Idle), ("2001:db8:2::2".to_owned(), Idle)]);
        let connections: Vec<_> =
            connections.iter().map(|(peer, activity)| (&**peer, *activity)).collect();
        assert_eq!(giving_way(&connections, "2001:db8:3::1"), Some(4));
        assert_eq!(giving_way(&connections, "2001:db8:2::3"), Some(4));
        // In the same /48, a /56 gives way to another, and a /64 to another in the same.
        let connections =
            [("2001:db8:1::1", Idle), ("2001:db8:1:1::1", Idle), ("2001:db8:1:1::2", Idle)];
        assert_eq!(giving_way(&connections, "2001:db8:1:100::1"), Some(1));
        assert_eq!(giving_way(&connections, "2001:db8:1:2::1"), Some(1));
        assert_eq!(giving_way(&connections, "2001:db8:1::2"), None);
        let connections = [("10.0.0.1", Idle), ("10.0.0.2", Idle), ("10.0.1.1", Idle)];
        assert_eq!(giving_way(&connections, "10.0.2.1"), Some(1));
        assert_eq!(giving_way(&connections, "::ffff:10.0.0.3"), None);
    }

    #[test]
    fn removed_connections_are_counted_no_more() {
        let (mut shares, seats) = shares(&[("1.1.1.1", Idle), ("1.1.1.1", Idle), ("::1", Idle)]);
        for (left, (ticket, _)) in seats.iter().enumerate().rev() {
            shares.remove(ticket);
            shares.remove(ticket);
            assert_eq!(shares.len(), left);
        }
        assert!(shares.all.parts.is_empty() && shares.all.sizes.is_empty());
    }
}
