//! Finds the users that conflict with those that were not added.

use std::collections::HashMap;

use diesel::prelude::*;
use rollcall_domain::{Account, UniqueField};

use super::{Conflict, ImportError, ImportedLine, LineNumbers, Outcome};
use crate::{
    bulk::raw_users::USERS_AT_ONCE,
    engine::{Connection, on},
    look_ups::find_named,
    schema::users,
};

/// The accounts that have any of the names, and the ids of users that have any of the addresses.
struct ExistingUsers {
    by_name: HashMap<String, Account>,
    by_email: HashMap<String, i64>,
}

/// What would become of users if they were added, as far as existing users decide that.
pub(super) fn compare(
    connection: &mut Connection<'_>,
    users: &[ImportedLine],
) -> Result<Vec<Outcome>, ImportError> {
    let mut outcomes = Vec::with_capacity(users.len());
    for users in users.chunks(USERS_AT_ONCE.into()) {
        let rivals = rivals(connection, &users.iter().collect::<Vec<_>>())?;
        let none = LineNumbers::default();
        let outcome = |line| rivals.outcome(line, &none).unwrap_or(Outcome::Added);
        outcomes.extend(users.iter().map(outcome));
    }
    Ok(outcomes)
}

/// What keeps users from being added.
pub(super) fn conflicts(
    connection: &mut Connection<'_>,
    users: &[&ImportedLine],
    lines: &mut LineNumbers,
) -> Result<Vec<Outcome>, ImportError> {
    if users.is_empty() {
        return Ok(Vec::new());
    }
    let rivals = rivals(connection, users)?;
    let outcome = |line: &&ImportedLine| {
        let outcome = rivals.outcome(line, lines);
        if let (Some(Outcome::Unchanged), Some(id)) = (&outcome, rivals.id_of(line)) {
            lines.insert(id, line.0);
        }
        outcome.unwrap_or(Outcome::Refused(Conflict::Meanwhile))
    };
    Ok(users.iter().map(outcome).collect())
}

fn rivals(
    connection: &mut Connection<'_>,
    users: &[&ImportedLine],
) -> Result<ExistingUsers, ImportError> {
    let names = users.iter().map(|(_, user)| user.name.key().as_str().to_owned()).collect();
    let emails: Vec<_> = users.iter().filter_map(|line| email_key(line)).collect();
    let by_name = find_named(connection, names)?.into_iter();
    let by_name =
        by_name.map(|account| (account.user.name.key().as_str().to_owned(), account)).collect();
    let by_email: Vec<(Option<String>, i64)> = on!(connection, it => {
        users::table
            .select((users::email_key, users::id))
            .filter(users::email_key.eq_any(emails))
            .load(it)?
    });
    let by_email = by_email.into_iter().filter_map(|(email, id)| Some((email?, id))).collect();
    Ok(ExistingUsers { by_name, by_email })
}

impl ExistingUsers {
    /// How existing users conflict with this user; none if they do not.
    fn outcome(&self, line: &ImportedLine, lines: &LineNumbers) -> Option<Outcome> {
        let repeated = |field, line| Outcome::Refused(Conflict::Repeated { field, line });
        // A later line has the name only because this one was not added.
        let is_before =
            |there: &&Account| lines.get(there.user.id.0).is_none_or(|number| number < line.0);
        let by_name = self.by_name.get(line.1.name.key().as_str()).filter(is_before);
        let by_email = email_key(line).and_then(|key| self.by_email.get(&key));
        if let Some(there) = by_name {
            return Some(match (lines.get(there.user.id.0), line.1.differences(there)) {
                (Some(line), _) => repeated(UniqueField::Name, line),
                (None, Some(differences)) => Outcome::Refused(Conflict::Differs(differences)),
                (None, None) => Outcome::Unchanged,
            });
        }
        by_email.map(|id| match lines.get(*id) {
            Some(line) => repeated(UniqueField::Email, line),
            None => Outcome::Refused(Conflict::EmailTaken),
        })
    }

    fn id_of(&self, (_, user): &ImportedLine) -> Option<i64> {
        self.by_name.get(user.name.key().as_str()).map(|account| account.user.id.0)
    }
}

fn email_key((_, user): &ImportedLine) -> Option<String> {
    user.email.as_ref().map(|email| email.key().as_str().to_owned())
}
