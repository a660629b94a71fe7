//! A summary of a store's contents that tells it from any other.

use std::fmt::{self, Write};

use rollcall_domain::audit::ChainMark;
use sha2::{Digest, Sha256};

use crate::bulk::raw_users::{Page, RawUser};
use crate::rows::audit::AuditRow;

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
        let are_same = |it: &Self| (it.users, it.roles, it.entries, it.sha256.clone());
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
        let mut roles = page.roles.iter().peekable();
        for user in &page.users {
            self.add_user(user);
            // Both are in the order of the users' ids.
            while let Some(role) = roles.next_if(|role| role.user_id == user.id) {
                self.add_text(Some(&role.name));
                self.roles += 1;
            }
            self.add_text(None);
        }
    }

    pub(crate) fn add_entry(&mut self, row: &AuditRow) {
        // Destructured, so that no column is forgotten.
        let AuditRow {
            number,
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
            hash,
            format,
            client_request_id,
        } = row;
        for number in [number, time, format] {
            self.hash.update(number.to_be_bytes());
        }
        for id in [actor_id, user_id] {
            self.add_text(id.map(|id| id.to_string()).as_ref());
        }
        for text in [actor_name, user_name, address, request_id, client_request_id] {
            self.add_text(text.as_ref());
        }
        for text in [actor, action, changes, hash] {
            self.add_text(Some(text));
        }
        self.entries += 1;
    }

    /// Adds the end of the log as its own row records it.
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

    fn add_user(&mut self, user: &RawUser) {
        // Destructured, so that no column is forgotten.
        let RawUser {
            id,
            version,
            create_time,
            name,
            name_key,
            name_skeleton,
            email,
            email_key,
            status,
            password_hash,
            password_version,
        } = user;
        for number in [id, version, create_time, password_version] {
            self.hash.update(number.to_be_bytes());
        }
        let texts = [Some(name), Some(name_key), name_skeleton.as_ref()];
        for text in texts.into_iter().chain([email.as_ref(), email_key.as_ref()]) {
            self.add_text(text);
        }
        for text in [status, password_hash] {
            self.add_text(Some(text));
        }
        self.users += 1;
        self.last_id = Some(*id);
    }

    /// Hashes the length before the text, so that no two sequences of texts are the same bytes.
    /// NULL is a byte that no text begins with.
    fn add_text(&mut self, text: Option<&String>) {
        let Some(text) = text else { return self.hash.update([0]) };
        self.hash.update([1]);
        self.hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
        self.hash.update(text);
    }
}

#[cfg(test)]
mod tests {
    use super::{ContentsHasher, Page, RawUser};
    use crate::bulk::raw_users::RawRole;

    fn user() -> RawUser {
        RawUser {
            id: 7,
            version: 3,
            create_time: 1_494_265_459,
            name: "Alice".to_owned(),
            name_key: "alice".to_owned(),
            name_skeleton: None,
            email: Some("A@example.com".to_owned()),
            email_key: Some("a@example.com".to_owned()),
            status: "ENABLED".to_owned(),
            password_hash: "$2b$04$hash".to_owned(),
            password_version: 2,
        }
    }

    fn role(name: &str) -> RawRole {
        RawRole { user_id: 7, name: name.to_owned() }
    }

    fn sha256(users: Vec<RawUser>, roles: Vec<RawRole>) -> String {
        let mut tally = ContentsHasher::default();
        tally.add(&Page { users, roles });
        tally.finish(0).sha256
    }

    #[test]
    fn every_column_and_every_role_counts() {
        let text = |text: &str| Some(text.to_owned());
        let changed = [
            user(),
            RawUser { id: 8, ..user() },
            RawUser { version: 4, ..user() },
            RawUser { create_time: 0, ..user() },
            RawUser { name: "alice".to_owned(), ..user() },
            RawUser { name_key: "Alice".to_owned(), ..user() },
            RawUser { name_skeleton: text("aalice"), ..user() },
            RawUser { email: None, ..user() },
            RawUser { email: text(""), ..user() },
            RawUser { email_key: text("b@example.com"), ..user() },
            RawUser { status: "DISABLED".to_owned(), ..user() },
            RawUser { password_hash: "$2b$04$other".to_owned(), ..user() },
            RawUser { password_version: 3, ..user() },
            // The same bytes, divided differently.
            RawUser { name: "Alic".to_owned(), name_key: "ealice".to_owned(), ..user() },
        ];
        let mut sums: Vec<_> =
            changed.into_iter().map(|user| sha256(vec![user], Vec::new())).collect();
        for roles in [&["a"][..], &["b"], &["ab"], &["a", "b"]] {
            sums.push(sha256(vec![user()], roles.iter().map(|it| role(it)).collect()));
        }
        let count = sums.len();
        sums.sort_unstable();
        sums.dedup();
        assert_eq!(sums.len(), count);
    }

    #[test]
    fn pages_of_any_size_have_the_same_sum() {
        let second = || RawUser { id: 8, ..user() };
        let mut tally = ContentsHasher::default();
        tally.add(&Page { users: vec![user()], roles: vec![role("a")] });
        tally.add(&Page { users: vec![second()], roles: Vec::new() });
        assert_eq!((tally.users(), tally.last_id()), (2, Some(8)));
        assert_eq!(tally.finish(0).sha256, sha256(vec![user(), second()], vec![role("a")]));
    }
}
