//! A bounded queue in which no client waits behind the crowd of another one.

use std::collections::HashMap;

use super::queue_slot::{Class, QueueSlot, RoundRobin};
use crate::client_key::{LEVELS, Network};

/// One turn of so many is a stranger's, though clients that are known may wait; and the same share
/// of the queue is theirs. Otherwise a few accounts could keep all strangers out.
const STRANGERS_SHARE: usize = 4;

/// Jobs of clients. Networks take turns, the widest first, then the networks in each; a heavy job
/// takes as many turns as it weighs. Jobs of one client are done in the order in which they came.
pub(super) struct FairQueue<T> {
    pub(super) capacity: usize,
    /// In the order in which they came.
    jobs: Vec<(QueueSlot, T)>,
    round_robin: RoundRobin,
    /// How many turns known clients have had since the last one of a stranger.
    turns_of_known: usize,
}

/// A job that has no place in the queue.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Displaced<T>(pub(super) T);

impl<T> FairQueue<T> {
    pub(super) fn new(capacity: usize) -> Self {
        Self { capacity, jobs: Vec::new(), round_robin: RoundRobin::default(), turns_of_known: 0 }
    }

    /// How many jobs wait.
    pub(super) fn length(&self) -> usize {
        self.jobs.len()
    }

    /// Queues a job. While the queue is too full then, a job gives way that is drawn from those of
    /// the network that has most. It is never simply the newest: that would keep a client out for
    /// as long as its neighbours fill the queue.
    pub(super) fn push(&mut self, slot: QueueSlot, job: T) -> Vec<Displaced<T>> {
        // However heavy it is, some others must fit beside it.
        let weight = slot.weight.clamp(1, (self.capacity / 4).max(1));
        let slot = QueueSlot { weight, ..slot };
        self.round_robin.enter(slot, &slots(&self.jobs));
        self.jobs.push((slot, job));
        let mut displaced = Vec::new();
        while self.weight(None) > self.capacity
            && let Some(index) = self.giving_way()
        {
            displaced.push(Displaced(self.take(index).1));
        }
        displaced
    }

    /// Whether a job would give way to those that are queued, whatever is drawn.
    pub(super) fn is_closed_to(&self, slot: QueueSlot) -> bool {
        self.weight(None) >= self.capacity
            && slot.class == Class::Suspect
            && self.weight(Some(Class::Suspect)) == 0
    }

    /// Whether the queue is full, and no network has more of it than those that the client is in.
    pub(super) fn is_crowded_by(&self, slot: QueueSlot) -> bool {
        self.weight(None) >= self.capacity
            && self.class_giving_way() == slot.class
            && slot.networks().into_iter().enumerate().all(|(level, network)| {
                let weights = self.weights(slot.class, level);
                weights
                    .get(&network)
                    .is_some_and(|own| weights.values().all(|weight| weight <= own))
            })
    }

    /// The next job of clients that may be guessing, or of all others.
    pub(super) fn pop(&mut self, is_penalised: bool) -> Option<T> {
        let index = if is_penalised {
            self.next(Class::Suspect)?
        } else {
            let [known, stranger] = [Class::Known, Class::Stranger].map(|class| self.next(class));
            let is_strangers = self.turns_of_known + 1 >= STRANGERS_SHARE;
            let index = if is_strangers { stranger.or(known)? } else { known.or(stranger)? };
            self.turns_of_known = if Some(index) == known { self.turns_of_known + 1 } else { 0 };
            index
        };
        self.round_robin.count(self.jobs[index].0);
        Some(self.take(index).1)
    }

    /// The job of a class whose turn it is.
    fn next(&self, class: Class) -> Option<usize> {
        let candidates = self.narrow(class, |level, networks| {
            networks
                .iter()
                .copied()
                .min_by_key(|network| self.round_robin.of(class, level, *network))
        });
        candidates.first().copied()
    }

    /// The job that gives way when the queue is too full.
    fn giving_way(&self) -> Option<usize> {
        let class = self.class_giving_way();
        let candidates = self.narrow(class, |level, networks| {
            let weights = self.weights(class, level);
            let most = networks.iter().filter_map(|network| weights.get(network)).max();
            let is_largest = |network: &&Network| weights.get(network) == most;
            let largest: Vec<_> = networks.iter().filter(is_largest).collect();
            largest.get(random_below(largest.len())).map(|network| **network)
        });
        candidates.get(random_below(candidates.len())).copied()
    }

    fn class_giving_way(&self) -> Class {
        let most_of_known = self.capacity - self.capacity / STRANGERS_SHARE;
        if self.weight(Some(Class::Suspect)) > 0 {
            Class::Suspect
        } else if self.weight(Some(Class::Stranger)) == 0
            || self.weight(Some(Class::Known)) > most_of_known
        {
            Class::Known
        } else {
            Class::Stranger
        }
    }

    /// The jobs of a class in the networks that `choose` chooses at each level, in the order in
    /// which they came.
    fn narrow(
        &self,
        class: Class,
        choose: impl Fn(usize, &[Network]) -> Option<Network>,
    ) -> Vec<usize> {
        let jobs = self.jobs.iter().enumerate();
        let mut jobs: Vec<_> = jobs
            .filter(|(_, (slot, _))| slot.class == class)
            .map(|(index, (slot, _))| (index, slot.networks()))
            .collect();
        for level in 0..LEVELS {
            let mut networks: Vec<Network> = Vec::new();
            for (_, path) in &jobs {
                if !networks.contains(&path[level]) {
                    networks.push(path[level]);
                }
            }
            let chosen = choose(level, &networks);
            jobs.retain(|(_, path)| Some(path[level]) == chosen);
        }
        jobs.into_iter().map(|(index, _)| index).collect()
    }

    /// How much work waits, of one class or of all.
    fn weight(&self, class: Option<Class>) -> usize {
        let slots =
            slots(&self.jobs).filter(|slot| class.is_none_or(|wanted| wanted == slot.class));
        slots.map(|slot| slot.weight).sum()
    }

    /// How much work of a class waits for each network of a level.
    fn weights(&self, class: Class, level: usize) -> HashMap<Network, usize> {
        let mut weights = HashMap::new();
        for slot in slots(&self.jobs).filter(|slot| slot.class == class) {
            *weights.entry(slot.networks()[level]).or_default() += slot.weight;
        }
        weights
    }

    fn take(&mut self, index: usize) -> (QueueSlot, T) {
        let (slot, job) = self.jobs.remove(index);
        self.round_robin.leave(slot, &slots(&self.jobs));
        (slot, job)
    }
}

fn slots<T>(jobs: &[(QueueSlot, T)]) -> impl Iterator<Item = QueueSlot> + Clone {
    jobs.iter().map(|(slot, _)| *slot)
}

/// A number below `count` that no client can foresee; 0 if the system has no randomness to give.
pub(super) fn random_below(count: usize) -> usize {
    let random = getrandom::u64().unwrap_or_default();
    usize::try_from(random % (count.max(1) as u64)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Class, Displaced, FairQueue, QueueSlot};
    use crate::client_key::ClientKey;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn at(address: &str, class: Class) -> QueueSlot {
        QueueSlot { client_key: ClientKey::of(address.parse().unwrap()), class, weight: 1 }
    }

    fn stranger(number: u8) -> QueueSlot {
        at(&format!("10.0.{number}.1"), Class::Stranger)
    }

    fn suspect(number: u8) -> QueueSlot {
        QueueSlot { class: Class::Suspect, ..stranger(number) }
    }

    fn known(number: u8) -> QueueSlot {
        QueueSlot { class: Class::Known, ..stranger(number) }
    }

    /// A queue with these jobs, which all fit.
    fn queue<J: std::fmt::Debug + PartialEq>(
        capacity: usize,
        jobs: impl IntoIterator<Item = (QueueSlot, J)>,
    ) -> FairQueue<J> {
        let mut queue = FairQueue::new(capacity);
        for (slot, job) in jobs {
            assert_eq!(queue.push(slot, job), []);
        }
        queue
    }

    fn order<J>(mut queue: FairQueue<J>, is_penalised: bool) -> Vec<J> {
        std::iter::from_fn(|| queue.pop(is_penalised)).collect()
    }

    #[test]
    fn clients_take_turns() {
        let jobs = [(1, "a1"), (1, "a2"), (1, "a3"), (2, "b1"), (3, "c1"), (2, "b2")];
        let queue = queue(8, jobs.map(|(number, job)| (stranger(number), job)));
        assert_eq!(order(queue, false), ["a1", "b1", "c1", "a2", "b2", "a3"]);
    }

    #[test]
    fn a_client_that_comes_again_and_again_gets_no_more_turns() {
        let mut queue = queue(8, (0..4).map(|_| (stranger(1), "crowd")));
        let mut order = Vec::new();
        for _ in 0..4 {
            assert_eq!(queue.push(stranger(2), "again"), []);
            order.extend([queue.pop(false), queue.pop(false)].map(Option::unwrap));
        }
        assert_eq!(order.iter().filter(|job| **job == "again").count(), 4);
        assert_eq!(order[..2].iter().filter(|job| **job == "again").count(), 1);
    }

    #[test]
    fn the_widest_networks_take_turns_first() {
        let of_crowd = |number| at(&format!("2001:db8:0:{number:x}::1"), Class::Stranger);
        let other = |text| at(text, Class::Stranger);
        let mut jobs: Vec<_> =
            (0..4).map(|number| (of_crowd(number), format!("a{number}"))).collect();
        // Another /56 of the same /48, and other /48s.
        jobs.push((other("2001:db8:0:100::1"), "b".to_owned()));
        jobs.push((other("2001:db8:1::1"), "c".to_owned()));
        jobs.push((other("2001:db8:2::1"), "d".to_owned()));
        let order = order(queue(8, jobs), false);
        assert_eq!(order, ["a0", "c", "d", "b", "a1", "a2", "a3"]);
    }

    #[test]
    fn a_heavy_job_takes_as_many_turns_as_it_weighs() {
        let heavy = QueueSlot { weight: 3, ..stranger(1) };
        let jobs = [(heavy, "heavy"), (stranger(1), "after")];
        let others = (0..4).map(|_| (stranger(2), "light"));
        let order = order(queue(16, jobs.into_iter().chain(others)), false);
        assert_eq!(order, ["heavy", "light", "light", "light", "after", "light"]);
    }

    #[test]
    fn a_heavy_job_takes_as_many_places_as_it_weighs() {
        let heavy = |number| QueueSlot { weight: 2, ..stranger(number) };
        let mut queue = queue(8, (0..4).map(|number| (heavy(number), number)));
        let displaced = queue.push(heavy(3), 4);
        assert!(matches!(displaced[..], [Displaced(3 | 4)]), "{displaced:?}");
        assert_eq!(queue.length(), 4);
        // One that is heavier than the whole queue leaves room for others.
        assert_eq!(FairQueue::new(8).push(QueueSlot { weight: 100, ..stranger(1) }, 1), []);
    }

    #[test]
    fn suspects_queue_apart() {
        let mut queue = queue(8, [(suspect(1), "a1"), (suspect(2), "b1"), (stranger(3), "c1")]);
        assert_eq!([queue.pop(false), queue.pop(false)], [Some("c1"), None]);
        assert_eq!(order(queue, true), ["a1", "b1"]);
    }

    #[test]
    fn known_clients_go_ahead_and_leave_strangers_a_quarter() {
        let strangers = (0..3).map(|number| (stranger(number), "stranger"));
        let jobs = strangers.chain((10..17).map(|number| (known(number), "known")));
        let order = order(queue(16, jobs), false);
        let strangers = order.iter().enumerate().filter(|(_, job)| **job == "stranger");
        assert_eq!(strangers.map(|(index, _)| index).collect::<Vec<_>>(), [3, 7, 9]);
    }

    #[test]
    fn suspects_give_way_first_then_strangers() {
        let mut queue = queue(2, [(suspect(1), "a1"), (suspect(2), "b1")]);
        assert!(matches!(queue.push(stranger(4), "d1")[..], [Displaced("a1" | "b1")]));
        assert!(matches!(queue.push(stranger(5), "e1")[..], [Displaced("a1" | "b1")]));
        assert!(queue.is_closed_to(suspect(1)) && !queue.is_closed_to(stranger(1)));
        assert_eq!(queue.push(suspect(3), "c1"), [Displaced("c1")]);
        assert!(matches!(queue.push(known(6), "f1")[..], [Displaced("d1" | "e1")]));
        assert_eq!(order(queue, false)[0], "f1");
    }

    #[test]
    fn known_clients_leave_strangers_a_quarter_of_the_places() {
        let mut queue = queue(8, (0..8).map(|number| (known(number), "known")));
        assert_eq!(queue.push(stranger(10), "stranger"), [Displaced("known")]);
        assert_eq!(queue.push(stranger(11), "stranger"), [Displaced("known")]);
        assert_eq!(queue.push(stranger(12), "stranger"), [Displaced("stranger")]);
        assert_eq!(queue.push(known(9), "known"), [Displaced("known")]);
    }

    #[test]
    fn in_a_full_queue_any_job_of_the_largest_network_gives_way() {
        let mut gone = BTreeSet::new();
        for _ in 0..400 {
            let crowd = (0..4).map(|number| {
                let address = format!("2001:db8:0:{number}::1");
                (at(&address, Class::Stranger), number)
            });
            let mut queue = queue(8, crowd.chain((4..8).map(|number| (stranger(number), number))));
            assert!(!queue.is_crowded_by(at("2001:db8:9::1", Class::Stranger)));
            assert!(queue.is_crowded_by(at("2001:db8:0:3::1", Class::Stranger)));
            let [Displaced(job)] = queue.push(stranger(8), 8)[..] else { panic!("one gives way") };
            gone.insert(job);
            let mut full = queue;
            full.push(at("2001:db8:0:3::1", Class::Stranger), 9);
            let [Displaced(job)] = full.push(at("2001:db8:0:3::1", Class::Stranger), 9)[..] else {
                panic!("one gives way")
            };
            gone.insert(job);
        }
        // Old ones and new ones of the crowd, and none of the others.
        assert_eq!(gone, BTreeSet::from([0, 1, 2, 3, 9]));
    }

    proptest! {
        #[test]
        fn every_job_is_done_in_its_clients_order_or_gives_way(
            pushes in prop::collection::vec(
                (0_u16..9, 0_usize..3, 1_usize..4, any::<bool>()),
                0..200,
            ),
            capacity in 1_usize..10,
        ) {
            let mut queue = FairQueue::new(capacity);
            let (mut out, mut gone) = (Vec::new(), Vec::new());
            for (job, (number, class, weight, pops)) in pushes.iter().enumerate() {
                let class = [Class::Suspect, Class::Stranger, Class::Known][*class];
                let address = format!("2001:db8:{:x}:{:x}::1", number / 4, number % 4 * 128);
                let slot = QueueSlot { weight: *weight, ..at(&address, class) };
                gone.extend(queue.push(slot, (slot.client_key, class, job)));
                prop_assert!(queue.weight(None) <= capacity);
                out.extend(pops.then(|| queue.pop(class == Class::Suspect)).flatten());
            }
            for is_penalised in [false, true] {
                out.extend(std::iter::from_fn(|| queue.pop(is_penalised)));
            }
            for (client_key, class, _) in &out {
                let own = out.iter().filter(|(other, of, _)| (other, of) == (client_key, class));
                prop_assert!(own.map(|(_, _, job)| job).is_sorted());
            }
            prop_assert_eq!(out.len() + gone.len(), pushes.len());
            prop_assert!(queue.round_robin.is_empty());
        }
    }
}
