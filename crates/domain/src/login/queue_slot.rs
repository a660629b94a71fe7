//! Where jobs queue.

use std::collections::HashMap;

use crate::client_key::{ClientKey, LEVELS, Network};

/// How the clients are told apart that jobs are done for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Class {
    /// Those that have failed so often that they may be guessing.
    Suspect,
    /// Those of which nothing is known.
    Stranger,
    /// Those that have proved a password lately.
    Known,
}

/// Where a job queues, and how much work it is: how many jobs of the usual cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct QueueSlot {
    pub(super) client_key: ClientKey,
    pub(super) class: Class,
    pub(super) weight: usize,
}

/// How many turns each network that has jobs has had, by its class and level.
#[derive(Default)]
pub(super) struct RoundRobin(HashMap<(Class, usize, Network), usize>);

impl QueueSlot {
    /// The networks that the client is in, the widest first.
    pub(super) fn networks(self) -> [Network; LEVELS] {
        self.client_key.networks()
    }

    fn keys(self) -> [(Class, usize, Network); LEVELS] {
        let networks = self.networks();
        std::array::from_fn(|level| (self.class, level, networks[level]))
    }
}

impl RoundRobin {
    /// Has the networks of a new job take their turns beside those of the `queued` ones. A network
    /// that has no jobs yet is taken to have had as few turns as any beside it.
    pub(super) fn enter(
        &mut self,
        slot: QueueSlot,
        queued: &(impl Iterator<Item = QueueSlot> + Clone),
    ) {
        let networks = slot.networks();
        for (level, key) in slot.keys().into_iter().enumerate() {
            let beside = queued.clone().filter(|other| {
                other.class == slot.class && other.networks()[..level] == networks[..level]
            });
            let turns = beside.filter_map(|other| self.0.get(&other.keys()[level])).min();
            let turns = turns.copied().unwrap_or_default();
            self.0.entry(key).or_insert(turns);
        }
    }

    /// Counts the turns that a job takes.
    pub(super) fn count(&mut self, slot: QueueSlot) {
        for key in slot.keys() {
            *self.0.entry(key).or_default() += slot.weight;
        }
    }

    /// Forgets the networks of a job that have no jobs left among the `queued` ones.
    pub(super) fn leave(
        &mut self,
        slot: QueueSlot,
        queued: &(impl Iterator<Item = QueueSlot> + Clone),
    ) {
        for (level, key) in slot.keys().into_iter().enumerate() {
            if queued.clone().all(|other| other.keys()[level] != key) {
                self.0.remove(&key);
            }
        }
    }

    /// How many turns a network has had.
    pub(super) fn of(&self, class: Class, level: usize, network: Network) -> usize {
        self.0.get(&(class, level, network)).copied().unwrap_or_default()
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
