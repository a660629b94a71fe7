//! Ids that a linker has not seen, below one that it has: of changes that were not committed yet,
//! or were undone.

use diesel::{prelude::*, result::Error as DieselError};
use jiff::{SignedDuration, Timestamp};

use crate::{
    engine::{Connection, on},
    schema::audit_gaps,
};

/// How long an id is awaited. A transaction ends sooner by the limits on its statements and pauses.
const PATIENCE: SignedDuration = SignedDuration::from_mins(10);

/// How many ids are awaited at most: the newest ones.
const MAX_COUNT: i64 = 10_000;

/// How many ids of one jump are awaited at most: the highest ones. Far fewer changes are made at
/// the same time; larger jumps are those of an operator.
const MAX_JUMP: i64 = 1000;

/// An id, and the time in microseconds since which it is awaited.
type Gap = (i64, i64);

/// The ids that are awaited.
pub(super) struct Awaited(Vec<Gap>);

impl Awaited {
    pub(super) fn read(connection: &mut Connection<'_>) -> Result<Self, DieselError> {
        let newest = audit_gaps::table.order(audit_gaps::id.desc()).limit(MAX_COUNT);
        let newest = newest.select((audit_gaps::id, audit_gaps::since));
        Ok(Self(on!(connection, it => newest.load(it)?)))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn ids(&self) -> Vec<i64> {
        self.0.iter().map(|(id, _)| *id).collect()
    }

    /// Forgets ids whose transactions are long over.
    pub(super) fn forget_old(self, connection: &mut Connection<'_>) -> Result<(), DieselError> {
        let limit = (Timestamp::now() - PATIENCE).as_microsecond();
        if !self.0.iter().any(|(_, since)| *since < limit) {
            return Ok(());
        }
        let old = diesel::delete(audit_gaps::table.filter(audit_gaps::since.lt(limit)));
        on!(connection, it => old.execute(it)).map(drop)
    }
}

/// Awaits these ids from now on.
pub(super) fn add(connection: &mut Connection<'_>, ids: &[i64]) -> Result<(), DieselError> {
    let now = Timestamp::now().as_microsecond();
    let gap = |id: &i64| (audit_gaps::id.eq(*id), audit_gaps::since.eq(now));
    let gaps: Vec<_> = ids.iter().map(gap).collect();
    if gaps.is_empty() {
        return Ok(());
    }
    let gaps = diesel::insert_into(audit_gaps::table).values(gaps);
    on!(connection, it => gaps.execute(it)).map(drop)
}

/// Awaits these ids no longer.
pub(super) fn remove(connection: &mut Connection<'_>, ids: Vec<i64>) -> Result<(), DieselError> {
    if ids.is_empty() {
        return Ok(());
    }
    let gaps = diesel::delete(audit_gaps::table.filter(audit_gaps::id.eq_any(ids)));
    on!(connection, it => gaps.execute(it)).map(drop)
}

/// The ids above `seen`, up to `last`, that are not in `linked`, which is in order.
pub(super) fn between(seen: i64, linked: &[i64], last: i64) -> Vec<i64> {
    let (mut missing, mut previous) = (Vec::new(), seen);
    for id in linked.iter().copied().chain([last.saturating_add(1)]) {
        missing.extend(id.saturating_sub(MAX_JUMP).max(previous.saturating_add(1))..id);
        previous = id;
    }
    missing
}

#[cfg(test)]
mod tests {
    use super::between;

    #[test]
    fn ids_that_were_not_linked_are_missing() {
        assert_eq!(between(0, &[1, 2, 3], 3), [0; 0]);
        assert_eq!(between(4, &[6, 9], 10), [5, 7, 8, 10]);
        assert_eq!(between(4, &[], 6), [5, 6]);
    }

    #[test]
    fn only_the_highest_ids_of_a_jump_are_missing() {
        let missing = between(10, &[1 << 60], 1 << 60);
        assert_eq!((missing.len(), missing.last()), (1000, Some(&((1 << 60) - 1))));
        assert_eq!(between(i64::MAX - 2, &[i64::MAX - 1], i64::MAX), [0; 0]);
    }
}
