//! The memory of used signatures, and what it forgets.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::Duration,
};

use jiff::Timestamp;

use super::signature::{Entry, TakenSignature, time_of};
use crate::user_id::UserId;

/// What one signature takes at most, of a tree whose nodes are half full.
const ENTRY_BYTES: usize = 64;

/// What one user takes at most beside that, while a table grows.
const USER_BYTES: usize = 64;

/// What one slice takes at most beside that.
const SLICE_BYTES: usize = 512;

/// What a process that was killed may have accepted, as far as its successor knows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gap {
    /// When the newest of its sessions began. Later sessions had signed nothing.
    pub(crate) newest_session: Timestamp,
    /// The latest time that its clients can have signed with.
    pub(crate) signed_until: Timestamp,
}

/// Why a signature is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It was used before, or its user has used too many since.
    Used,
    /// Signatures of that time are not remembered. Those made this much later are.
    Forgotten(Duration),
}

/// Signatures in slices of one second, and the watermarks.
pub(super) struct State {
    /// What was signed then or before is refused.
    pub(super) forgotten_until: Timestamp,
    /// The same for single users, as far as it is later.
    pub(super) forgotten_of: HashMap<UserId, Timestamp>,
    pub(super) counts: HashMap<UserId, usize>,
    pub(super) slices: BTreeMap<i64, BTreeSet<Entry>>,
    pub(super) length: usize,
    pub(super) gap: Option<Gap>,
    pub(super) is_closed: bool,
}

impl State {
    pub(super) fn empty() -> Self {
        Self {
            forgotten_until: Timestamp::MIN,
            forgotten_of: HashMap::new(),
            counts: HashMap::new(),
            slices: BTreeMap::new(),
            length: 0,
            gap: None,
            is_closed: false,
        }
    }

    /// Refuses what the process before may have accepted.
    pub(super) fn check_gap(&self, begin_time: Timestamp, time: Timestamp) -> Result<(), Refusal> {
        match self.gap {
            Some(gap) if begin_time <= gap.newest_session && time <= gap.signed_until => {
                let wait = gap.signed_until.duration_since(time).unsigned_abs();
                Err(Refusal::Forgotten(wait))
            }
            _ => Ok(()),
        }
    }

    /// Refuses what another gap has, too.
    pub(super) fn widen_gap(&mut self, other: Gap) {
        let own = self.gap.unwrap_or(other);
        self.gap = Some(Gap {
            newest_session: own.newest_session.max(other.newest_session),
            signed_until: own.signed_until.max(other.signed_until),
        });
    }

    pub(super) fn check(
        &self,
        user: UserId,
        time: Timestamp,
        taken: &TakenSignature,
    ) -> Result<(), Refusal> {
        if self.is_closed {
            return Err(Refusal::Forgotten(Duration::ZERO));
        }
        if time <= self.forgotten_until {
            let wait = self.forgotten_until.duration_since(time).unsigned_abs();
            return Err(Refusal::Forgotten(wait));
        }
        let is_known = |slice: &BTreeSet<Entry>| slice.contains(&taken.entry);
        if self.is_forgotten(user, time) || self.slices.get(&taken.second).is_some_and(is_known) {
            return Err(Refusal::Used);
        }
        Ok(())
    }

    pub(super) fn is_forgotten(&self, user: UserId, time: Timestamp) -> bool {
        let of_user = self.forgotten_of.get(&user).copied().unwrap_or(Timestamp::MIN);
        time <= self.forgotten_until.max(of_user)
    }

    pub(super) fn insert(&mut self, taken: &TakenSignature) {
        if self.slices.entry(taken.second).or_default().insert(taken.entry) {
            *self.counts.entry(taken.entry.0).or_default() += 1;
            self.length += 1;
        }
    }

    pub(super) fn remove(&mut self, taken: &TakenSignature) {
        let Some(slice) = self.slices.get_mut(&taken.second) else { return };
        if !slice.remove(&taken.entry) {
            return;
        }
        if slice.is_empty() {
            self.slices.remove(&taken.second);
        }
        self.count_down(taken.entry.0);
    }

    fn count_down(&mut self, user: UserId) {
        self.length -= 1;
        if let Some(count) = self.counts.get_mut(&user) {
            *count -= 1;
            if *count == 0 {
                self.counts.remove(&user);
            }
        }
    }

    /// Forgets what was signed before `oldest`, as far as whole slices were.
    pub(super) fn forget_before(&mut self, oldest: Timestamp) {
        while let Some((second, _)) = self.slices.first_key_value()
            && end_of(*second) < oldest
        {
            self.drop_first_slice();
        }
    }

    /// Forgets the oldest of all until the rest takes no more than so many bytes.
    pub(super) fn shrink(&mut self, bytes: usize) {
        while self.bytes() > bytes && !self.slices.is_empty() {
            self.drop_first_slice();
        }
    }

    /// Forgets the oldest of a user's until there are no more than so many.
    pub(super) fn shrink_of(&mut self, user: UserId, limit: usize) {
        while self.counts.get(&user).is_some_and(|count| *count > limit) {
            let Some(oldest) = self.oldest_of(user) else { break };
            self.remove(&oldest);
            let until = self.forgotten_of.entry(user).or_insert(Timestamp::MIN);
            *until = oldest.time().max(*until);
        }
    }

    /// Nothing of a user's is older than the user's watermark: the search begins there.
    fn oldest_of(&self, user: UserId) -> Option<TakenSignature> {
        let from = self.forgotten_of.get(&user).map_or(i64::MIN, |time| time.as_second());
        self.slices.range(from..).find_map(|(second, slice)| {
            let entry = slice.range((user, 0, 0)..).next().filter(|(of, ..)| *of == user)?;
            Some(TakenSignature { second: *second, entry: *entry })
        })
    }

    fn drop_first_slice(&mut self) {
        let Some((second, slice)) = self.slices.pop_first() else { return };
        self.forgotten_until = self.forgotten_until.max(end_of(second));
        for (user, ..) in slice {
            self.count_down(user);
        }
        let common = self.forgotten_until;
        self.forgotten_of.retain(|_, until| *until > common);
    }

    pub(super) fn bytes(&self) -> usize {
        self.length * ENTRY_BYTES
            + (self.counts.len() + self.forgotten_of.len()) * USER_BYTES
            + self.slices.len() * SLICE_BYTES
    }
}

/// The last moment of a slice.
fn end_of(second: i64) -> Timestamp {
    time_of(second, 999_999_999)
}
