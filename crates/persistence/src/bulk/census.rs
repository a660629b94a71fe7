//! How many users, sessions and entries of the audit log there are, counted a part at a time so
//! that no request waits for it.

use std::{collections::BTreeMap, ops::ControlFlow, time::Duration};

use diesel::{
    dsl::{count_star, min, sql},
    prelude::*,
    sql_types::Text,
};
use jiff::Timestamp;
use rollcall_domain::{HashCost, PasswordHash, StoreError};

use crate::{
    audit::{anchor, head},
    engine::{Connection, Reads, on},
    error::Failure,
    schema::{sessions, users},
    sessions::{last_end, seconds},
    store::Store,
};

/// How many ids one statement reads, which takes some ten milliseconds.
const IDS_AT_ONCE: i64 = 20_000;

/// What users are grouped by, in SQL that both databases have: their status, and the beginning of
/// their hash, which has its cost.
const STATUS: &str = "users.status";
const COST: &str = "substr(users.password_hash, 1, 7)";

/// The numbers of users, hashes, sessions and audit entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// Users who may log in.
    pub enabled: u64,
    /// Users who may not.
    pub disabled: u64,
    /// Password hashes by their cost; without one, those whose cost can't be read.
    pub hashes: BTreeMap<Option<u32>, u64>,
    /// Sessions that have not ended.
    pub sessions: u64,
    /// Entries of the audit log.
    pub audit_entries: u64,
}

/// A count in progress. Rows that change meanwhile may be counted or not.
#[derive(Debug)]
pub struct CensusCursor {
    max_session_age: Duration,
    now: Timestamp,
    next: i64,
    so_far: Census,
}

/// Users who have the same status and hashes that begin alike.
type Group = (String, String, i64);

impl CensusCursor {
    /// Starts a count. Sessions that are older than `max_session_age` at `now` have ended.
    #[must_use]
    pub fn new(max_session_age: Duration, now: Timestamp) -> Self {
        Self { max_session_age, now, next: i64::MIN, so_far: Census::default() }
    }

    /// Runs one statement, which takes some ten milliseconds. Breaks with the result.
    ///
    /// # Errors
    /// [`StoreError`] when the store fails.
    pub fn step(mut self, store: &Store) -> Result<ControlFlow<Census, Self>, StoreError> {
        let part =
            store.backend.read(Reads::Latest, |connection| part_from(connection, self.next))?;
        let Some((groups, next)) = part else {
            let (max_age, now) = (self.max_session_age, self.now);
            let live = store
                .backend
                .read(Reads::Latest, |connection| live_sessions(connection, max_age, now))?;
            self.so_far.sessions = number(live);
            self.so_far.audit_entries = number(store.backend.read(Reads::Latest, entries)?);
            return Ok(ControlFlow::Break(self.so_far));
        };
        for group in groups {
            self.so_far.add(group);
        }
        self.next = next;
        Ok(ControlFlow::Continue(self))
    }
}

impl Census {
    fn add(&mut self, (status, hash, count): Group) {
        let users = if status == "ENABLED" { &mut self.enabled } else { &mut self.disabled };
        *users += number(count);
        let cost = PasswordHash::from_store(hash).cost().map(HashCost::get);
        // Only valid costs, so that damaged rows cannot add any number of keys.
        let cost = cost.filter(|cost| (HashCost::MIN..=HashCost::MAX).contains(cost));
        *self.hashes.entry(cost).or_default() += number(count);
    }
}

/// Groups one statement's worth of users with ids from `first` on, and the id to continue at; none
/// when there are no more users.
fn part_from(
    connection: &mut Connection<'_>,
    first: i64,
) -> Result<Option<(Vec<Group>, i64)>, Failure> {
    let rest = users::table.filter(users::id.ge(first)).select(min(users::id));
    // Ids may have gaps of any size.
    let Some(first) = on!(connection, it => rest.get_result::<Option<i64>>(it)?) else {
        return Ok(None);
    };
    let next = first.saturating_add(IDS_AT_ONCE);
    let groups = users::table
        .filter(users::id.ge(first).and(users::id.lt(next)))
        .group_by((sql::<Text>(STATUS), sql::<Text>(COST)))
        .select((sql::<Text>(STATUS), sql::<Text>(COST), count_star()));
    Ok(Some((on!(connection, it => groups.load::<Group>(it)?), next)))
}

fn live_sessions(
    connection: &mut Connection<'_>,
    max_age: Duration,
    now: Timestamp,
) -> Result<i64, Failure> {
    let live = sessions::table
        .filter(sessions::last_active.gt(last_end(now)))
        .filter(sessions::begin_time.gt(now.as_second() - seconds(max_age)));
    Ok(on!(connection, it => live.count().get_result(it)?))
}

/// How many entries the audit log has. They are numbered without gaps, and only the oldest ones are
/// removed.
fn entries(connection: &mut Connection<'_>) -> Result<i64, Failure> {
    let anchor = anchor::read(connection)?;
    Ok(head::read(connection)?.mark.number - anchor.number)
}

fn number(count: i64) -> u64 {
    count.try_into().unwrap_or_default()
}
