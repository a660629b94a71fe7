//! The newest commits of this process that changed known users alone.
//!
//! Every commit changes the header of the WAL index, and with it the version of every cached row.
//! A commit that follows directly on the version that its transaction began with has changed only
//! what its own writes did, so the rows of other users are still those in the file.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use rollcall_domain::UserId;

use crate::engine::sqlite::wal_index::{WalVersion, is_next_commit};

/// How many commits are remembered. A row that is read less often is read from the file again.
const CAPACITY: usize = 64;

/// The commits, from the oldest to the newest.
#[derive(Default)]
pub(crate) struct OwnCommits(Mutex<VecDeque<OwnCommit>>);

struct OwnCommit {
    before: WalVersion,
    after: WalVersion,
    users: Vec<UserId>,
}

impl OwnCommits {
    /// Remembers a transaction that began with the version `before` and changed rows of these
    /// users alone. `after` was read later. Another process may have committed in between: then
    /// that version says nothing about the rows.
    pub(crate) fn add(&self, before: WalVersion, after: WalVersion, users: Vec<UserId>) {
        if !is_next_commit(&before, &after) {
            return;
        }
        let mut commits = self.commits();
        if commits.len() == CAPACITY {
            commits.pop_front();
        }
        commits.push_back(OwnCommit { before, after, users });
    }

    /// Whether every commit from the version `then` to the version `now` is remembered, and none
    /// has changed this user.
    pub(crate) fn have_kept(&self, user: UserId, then: &WalVersion, now: &WalVersion) -> bool {
        let (commits, mut version) = (self.commits(), *now);
        // Newer commits may have followed since `now` was read.
        for commit in commits.iter().rev().skip_while(|commit| commit.after != *now) {
            if version == *then {
                return true;
            }
            if commit.after != version || commit.users.contains(&user) {
                return false;
            }
            version = commit.before;
        }
        version == *then
    }

    fn commits(&self) -> MutexGuard<'_, VecDeque<OwnCommit>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use rollcall_domain::UserId;

    use super::{CAPACITY, OwnCommits};
    use crate::engine::sqlite::wal_index::{WalVersion, tests::version};

    const ALICE: UserId = UserId(1);
    const BOB: UserId = UserId(2);

    fn versions(count: u32) -> Vec<WalVersion> {
        (0..count).map(version).collect()
    }

    #[test]
    fn rows_of_others_are_kept_from_commit_to_commit() {
        let (commits, version) = (OwnCommits::default(), versions(4));
        commits.add(version[0], version[1], vec![BOB]);
        commits.add(version[1], version[2], vec![]);
        commits.add(version[2], version[3], vec![BOB, UserId(3)]);
        for (then, now) in [(0, 0), (0, 1), (0, 3), (1, 3), (3, 3)] {
            assert!(commits.have_kept(ALICE, &version[then], &version[now]), "{then} {now}");
        }
        assert!(commits.have_kept(BOB, &version[1], &version[2]));
        assert!(!commits.have_kept(BOB, &version[0], &version[1]));
        assert!(!commits.have_kept(BOB, &version[1], &version[3]));
        assert!(!commits.have_kept(ALICE, &version[3], &version[0]));
    }

    #[test]
    fn no_row_is_kept_over_a_commit_of_another_process() {
        let (commits, version) = (OwnCommits::default(), versions(6));
        commits.add(version[0], version[1], vec![BOB]);
        // The version 3 is that of another process.
        commits.add(version[1], version[3], vec![BOB]);
        commits.add(version[3], version[4], vec![BOB]);
        assert!(commits.have_kept(ALICE, &version[3], &version[4]));
        assert!(!commits.have_kept(ALICE, &version[1], &version[4]));
        assert!(!commits.have_kept(ALICE, &version[1], &version[3]));
        assert!(!commits.have_kept(ALICE, &version[4], &version[5]));
    }

    #[test]
    fn only_the_newest_commits_are_remembered() {
        let count = CAPACITY + 2;
        let (commits, version) = (OwnCommits::default(), versions(u32::try_from(count).unwrap()));
        for pair in version.windows(2) {
            commits.add(pair[0], pair[1], vec![BOB]);
        }
        assert_eq!(commits.commits().len(), CAPACITY);
        assert!(commits.have_kept(ALICE, &version[1], &version[count - 1]));
        assert!(!commits.have_kept(ALICE, &version[0], &version[count - 1]));
    }
}
