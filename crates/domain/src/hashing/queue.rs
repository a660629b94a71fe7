//! A bounded queue in which nobody waits behind somebody else's crowd.

use std::{
    collections::{HashMap, VecDeque},
    net::IpAddr,
};

/// On whose behalf work is done. Lanes take turns, however much work each of them has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Lane(Option<IpAddr>);

impl Lane {
    /// The lane of a client's address. One IPv6 network of 64 bits is one client.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        Self(Some(match address {
            IpAddr::V4(_) => address,
            IpAddr::V6(address) => match address.to_ipv4_mapped() {
                Some(address) => address.into(),
                None => std::net::Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
            },
        }))
    }
}

/// Where a job queues: in its lane, and apart from the others if its lane has been guessing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub(super) lane: Lane,
    pub(super) is_suspect: bool,
}

/// Jobs by place, first in first out within one.
pub(super) struct FairQueue<T> {
    pub(super) capacity: usize,
    pub(super) length: usize,
    jobs: HashMap<Place, VecDeque<T>>,
    /// The places that have jobs, in the order of their turns: the others, and the suspect ones.
    turns: [VecDeque<Place>; 2],
}

/// A job that has no place in the queue.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Displaced<T>(pub(super) T);

impl<T> FairQueue<T> {
    pub(super) fn new(capacity: usize) -> Self {
        Self { capacity, length: 0, jobs: HashMap::new(), turns: Default::default() }
    }

    /// Queues a job. When the queue is full, the job that has no place is the newest one of the
    /// place that must give way to this one, if there is one, and otherwise this one.
    pub(super) fn push(&mut self, place: Place, job: T) -> Option<Displaced<T>> {
        let mut displaced = None;
        if self.length == self.capacity {
            let Some(other) = self.giving_way_to(place) else {
                return Some(Displaced(job));
            };
            displaced = self.jobs.get_mut(&other).and_then(VecDeque::pop_back);
            self.length -= 1;
            if self.jobs.get(&other).is_some_and(VecDeque::is_empty) {
                self.jobs.remove(&other);
                self.turns[usize::from(other.is_suspect)].retain(|it| *it != other);
            }
        }
        let jobs = self.jobs.entry(place).or_default();
        if jobs.is_empty() {
            self.turns[usize::from(place.is_suspect)].push_back(place);
        }
        jobs.push_back(job);
        self.length += 1;
        displaced.map(Displaced)
    }

    /// Whether a job would find its place now.
    pub(super) fn has_room_for(&self, place: Place) -> bool {
        self.length < self.capacity || self.giving_way_to(place).is_some()
    }

    /// The place that gives up a job for `place`: the longest suspect one if `place` is not, else
    /// the longest of its kind, if that makes the queue fairer.
    fn giving_way_to(&self, place: Place) -> Option<Place> {
        let own = self.jobs.get(&place).map_or(0, VecDeque::len);
        let rank = |(other, jobs): &(&Place, &VecDeque<T>)| (other.is_suspect, jobs.len());
        let (longest, jobs) = self.jobs.iter().max_by_key(rank)?;
        let gives_way = if longest.is_suspect == place.is_suspect {
            jobs.len() > own + 1
        } else {
            longest.is_suspect
        };
        gives_way.then_some(*longest)
    }

    /// The next job of the place whose turn it is, among the suspect ones or among the others.
    pub(super) fn pop(&mut self, is_suspect: bool) -> Option<T> {
        let turns = &mut self.turns[usize::from(is_suspect)];
        let place = turns.pop_front()?;
        let jobs = self.jobs.get_mut(&place)?;
        let job = jobs.pop_front()?;
        self.length -= 1;
        if jobs.is_empty() {
            self.jobs.remove(&place);
        } else {
            turns.push_back(place);
        }
        Some(job)
    }
}

#[cfg(test)]
mod tests {
    use super::{Displaced, FairQueue, Lane, Place, VecDeque};
    use proptest::prelude::*;

    fn lane(number: u8) -> Place {
        Place { lane: Lane::of([127, 0, 0, number].into()), is_suspect: false }
    }

    fn suspect(number: u8) -> Place {
        Place { is_suspect: true, ..lane(number) }
    }

    #[test]
    fn who_has_been_guessing_queues_apart() {
        let mut queue = FairQueue::new(8);
        for (place, job) in [(suspect(1), "a1"), (suspect(2), "b1"), (lane(3), "c1")] {
            assert_eq!(queue.push(place, job), None);
        }
        assert_eq!([queue.pop(false), queue.pop(false)], [Some("c1"), None]);
        assert_eq!(
            [queue.pop(true), queue.pop(true), queue.pop(true)],
            [Some("a1"), Some("b1"), None]
        );
    }

    #[test]
    fn a_newcomer_takes_the_place_of_whoever_has_been_guessing_and_not_the_other_way_round() {
        let mut queue = FairQueue::new(2);
        for (place, job) in [(suspect(1), "a1"), (suspect(2), "b1")] {
            assert_eq!(queue.push(place, job), None);
        }
        assert_eq!(queue.push(suspect(3), "c1"), Some(Displaced("c1")));
        assert!(queue.push(lane(4), "d1").is_some());
        assert!(queue.push(lane(4), "d2").is_some());
        assert!(!queue.has_room_for(suspect(1)));
        assert_eq!([queue.pop(false), queue.pop(false)], [Some("d1"), Some("d2")]);
        assert_eq!(queue.pop(true), None);
    }

    #[test]
    fn lanes_take_turns() {
        let mut queue = FairQueue::new(8);
        for (number, job) in [(1, "a1"), (1, "a2"), (1, "a3"), (2, "b1"), (3, "c1"), (2, "b2")] {
            assert_eq!(queue.push(lane(number), job), None);
        }
        let order: Vec<_> = std::iter::from_fn(|| queue.pop(false)).collect();
        assert_eq!(order, ["a1", "b1", "c1", "a2", "b2", "a3"]);
    }

    #[test]
    fn a_newcomer_takes_the_place_of_a_crowds_last() {
        let mut queue = FairQueue::new(3);
        for job in ["a1", "a2", "a3"] {
            assert_eq!(queue.push(lane(1), job), None);
        }
        assert!(!queue.has_room_for(lane(1)) && queue.has_room_for(lane(2)));
        assert_eq!(queue.push(lane(1), "a4"), Some(Displaced("a4")));
        assert_eq!(queue.push(lane(2), "b1"), Some(Displaced("a3")));
        assert_eq!(queue.push(lane(2), "b2"), Some(Displaced("b2")));
        let order: Vec<_> = std::iter::from_fn(|| queue.pop(false)).collect();
        assert_eq!(order, ["a1", "b1", "a2"]);
    }

    #[test]
    fn one_ipv6_network_is_one_lane() {
        let lane = |text: &str| Lane::of(text.parse().unwrap());
        assert_eq!(lane("2001:db8::1"), lane("2001:db8::ffff:1"));
        assert_ne!(lane("2001:db8::1"), lane("2001:db8:0:1::1"));
        assert_eq!(lane("::ffff:10.0.0.1"), lane("10.0.0.1"));
    }

    proptest! {
        #[test]
        fn every_job_comes_out_once_or_is_displaced_and_places_keep_their_order(
            pushes in prop::collection::vec((0_u8..5, any::<bool>(), any::<bool>()), 0..200),
            capacity in 1_usize..10,
        ) {
            let mut queue = FairQueue::new(capacity);
            let (mut out, mut gone) = (Vec::new(), Vec::new());
            for (job, (number, is_suspect, pops)) in pushes.iter().enumerate() {
                let place = Place { is_suspect: *is_suspect, ..lane(*number) };
                gone.extend(queue.push(place, (place, job)).map(|Displaced(job)| job));
                prop_assert!(queue.length <= capacity);
                out.extend(pops.then(|| queue.pop(*is_suspect)).flatten());
            }
            for is_suspect in [false, true] {
                out.extend(std::iter::from_fn(|| queue.pop(is_suspect)));
            }
            for (place, _) in &out {
                let jobs = out.iter().filter(|(other, _)| other == place).map(|(_, job)| job);
                prop_assert!(jobs.is_sorted());
            }
            prop_assert_eq!(out.len() + gone.len(), pushes.len());
            prop_assert!(queue.turns.iter().all(VecDeque::is_empty) && queue.jobs.is_empty());
        }
    }
}
