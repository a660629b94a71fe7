//! A summary of a store's contents that tells it from any other.

use std::fmt::{self, Write};

use rollcall_domain::audit::ChainMark;
use sha2::{Digest, Sha256};

use crate::{
    bulk::raw_users::Page,
    rows::{
        audit::{EntryColumns, EntryRow, LinkRow},
        user::UserRow,
    },
};

/// A store's contents in numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// How many users.
    pub users: usize,
    /// How many roles they have in total.
    pub roles: usize,
    /// How many entries of the audit log.
    pub entries: usize,
    /// The highest id ever assigned to a user, even if that user was deleted; 0 if there was none.
    pub highest_id: i64,
    /// The SHA-256 of every column and role of every user in the order of their ids, and of the
    /// audit log, in hexadecimal.
    pub sha256: String,
}

/// Adds up users, a page at a time.
#[derive(Default)]
pub(crate) struct ContentsHasher {
    users: usize,
    roles: usize,
    entries: usize,
    last_id: Option<i64>,
    hash: Sha256,
}

impl Contents {
    /// Whether both have the same users, and no id that was assigned in `before` will be assigned
    /// again.
    pub(crate) fn continues(&self, before: &Self) -> bool {
        let are_same = |contents: &Self| {
            (contents.users, contents.roles, contents.entries, contents.sha256.clone())
        };
        are_same(self) == are_same(before) && self.highest_id >= before.highest_id
    }
}

impl fmt::Display for Contents {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { users, roles, entries, highest_id, sha256 } = self;
        write!(
            formatter,
            "{users} users, {roles} roles, {entries} entries, ids up to {highest_id}, \
             SHA-256 {sha256}"
        )
    }
}

impl ContentsHasher {
    /// The id of the last user that was added.
    pub(crate) fn last_id(&self) -> Option<i64> {
        self.last_id
    }

    /// How many users were added.
    pub(crate) fn users(&self) -> usize {
        self.users
    }

    pub(crate) fn add(&mut self, page: &Page) {
        for user in &page.users {
            self.add_user(user);
            for role in page.roles.of(user.id()) {
                self.add_text(Some(&role.name));
                self.roles += 1;
            }
            self.add_text(None);
        }
    }

    pub(crate) fn add_entry(&mut self, EntryRow { id, columns }: &EntryRow) {
        // Destructured, so that no column is forgotten.
        let EntryColumns {
            time,
            actor,
            actor_id,
            actor_name,
            action,
            user_id,
            user_name,
            changes,
            address,
            request_id,
            format,
            client_request_id,
        } = columns;
        for number in [id, time, format] {
            self.hash.update(number.to_be_bytes());
        }
        for id in [actor_id, user_id] {
            self.add_text(id.map(|id| id.to_string()).as_deref());
        }
        for text in [actor_name, user_name, address, request_id, client_request_id] {
            self.add_text(text.as_deref());
        }
        for text in [actor, action, changes] {
            self.add_text(Some(text));
        }
        self.entries += 1;
    }

    pub(crate) fn add_link(&mut self, row: &LinkRow) {
        // Destructured, so that no column is forgotten.
        let LinkRow { number, entry_id, hash, time, actor_id, action, user_id } = row;
        for number in [number, entry_id, time] {
            self.hash.update(number.to_be_bytes());
        }
        for id in [actor_id, user_id] {
            self.add_text(id.map(|id| id.to_string()).as_deref());
        }
        for text in [hash, action] {
            self.add_text(Some(text));
        }
    }

    /// Adds an end of the log, the first or the last one, as its own row records it.
    pub(crate) fn add_end(&mut self, end: ChainMark) {
        self.add_text(Some(&end.to_string()));
    }

    pub(crate) fn finish(self, highest_id: i64) -> Contents {
        let mut sha256 = String::new();
        for byte in self.hash.finalize() {
            let _ = write!(sha256, "{byte:02x}");
        }
        Contents { users: self.users, roles: self.roles, entries: self.entries, highest_id, sha256 }
    }

    fn add_user(&mut self, user: &UserRow) {
        let (numbers, texts) = user.fields();
        for number in numbers {
            self.hash.update(number.to_be_bytes());
        }
        for text in texts {
            self.add_text(text);
        }
        self.users += 1;
        self.last_id = Some(user.id());
    }

    /// Hashes the length before the text, so that no two sequences of texts are the same bytes.
    /// NULL is a byte that no text begins with.
    fn add_text(&mut self, text: Option<&str>) {
        let Some(text) = text else { return self.hash.update([0]) };
        self.hash.update([1]);
        self.hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        self.hash.update(text);
    }
}

#[cfg(test)]
mod tests {
    use super::{ContentsHasher, Page};
    use crate::rows::{
        roles::{RoleRow, RolesById},
        user::{
            UserRow,
            tests::{changed, row},
        },
    };

    fn page(users: Vec<UserRow>, roles: &[&str]) -> Page {
        let role = |name: &&str| RoleRow { user_id: 7, name: (*name).to_owned().into() };
        Page { users, roles: RolesById::new(roles.iter().map(role).collect()) }
    }

    fn sha256(users: Vec<UserRow>, roles: &[&str]) -> String {
        let mut tally = ContentsHasher::default();
        tally.add(&page(users, roles));
        tally.finish(0).sha256
    }

    #[test]
    fn every_column_and_every_role_counts() {
        let mut sums: Vec<_> = changed().into_iter().map(|user| sha256(vec![user], &[])).collect();
        for roles in [&[][..], &["a"], &["b"], &["ab"], &["a", "b"]] {
            sums.push(sha256(vec![row(7)], roles));
        }
        let count = sums.len();
        sums.sort_unstable();
        sums.dedup();
        assert_eq!(sums.len(), count);
    }

    #[test]
    fn the_sum_is_that_of_earlier_releases() {
        let expected = "57d80cca0079bc1c4e4435aa60e2e79377b67d25f68434e556931da1d5bbff6b";
        assert_eq!(sha256(vec![row(7)], &["a", "b"]), expected);
    }

    #[test]
    fn pages_of_any_size_have_the_same_sum() {
        let mut tally = ContentsHasher::default();
        tally.add(&page(vec![row(7)], &["a"]));
        tally.add(&page(vec![row(8)], &[]));
        assert_eq!((tally.users(), tally.last_id()), (2, Some(8)));
        assert_eq!(tally.finish(0).sha256, sha256(vec![row(7), row(8)], &["a"]));
    }
}
