//! Writes users who may conflict with existing ones.

use std::collections::HashMap;

use diesel::prelude::*;
use jiff::Timestamp;
use rollcall_domain::{Email, NameSkeleton, UserId, shown_number};

use super::{IdRanges, ImportError, ImportedLine, LineNumbers, Outcome};
use crate::{
    engine::{dedicated::Database, on},
    rows::user::{RoleValues, role_values},
    schema::{user_roles, users},
};

/// How many users one statement writes, as in a copy.
const AT_ONCE: usize = 500;

/// How many roles one statement writes.
const ROLES_AT_ONCE: usize = 5000;

/// Every column of a row but its id.
#[derive(Insertable)]
#[diesel(table_name = users, treat_none_as_default_value = false)]
struct NewRow<'a> {
    version: i64,
    create_time: i64,
    name: &'a str,
    name_key: String,
    name_skeleton: String,
    email: Option<&'a str>,
    email_key: Option<String>,
    status: &'static str,
    password_hash: &'a str,
    password_version: i64,
}

/// The unique columns of a row: of two rows in a statement with the same keys, the first is
/// written.
type Keys = (String, Option<String>);

impl Database {
    /// Adds the users that conflict with none, and returns the outcome of each.
    pub(super) fn add(
        &mut self,
        users: &[ImportedLine],
        lines: &mut LineNumbers,
        added: &mut IdRanges,
        now: i64,
    ) -> Result<Vec<Outcome>, ImportError> {
        let mut outcomes = Vec::with_capacity(users.len());
        for users in users.chunks(AT_ONCE) {
            outcomes.extend(self.add_at_once(users, lines, added, now)?);
        }
        Ok(outcomes)
    }

    fn add_at_once(
        &mut self,
        users: &[ImportedLine],
        lines: &mut LineNumbers,
        added: &mut IdRanges,
        now: i64,
    ) -> Result<Vec<Outcome>, ImportError> {
        let mut written = self.insert_users(users, now)?;
        let ids: Vec<_> = users.iter().map(|user| written.remove(&keys(user))).collect();
        let mut roles = Vec::new();
        for ((line, user), id) in users.iter().zip(&ids) {
            if let Some(id) = *id {
                shown_number(id)?;
                lines.insert(id, *line);
                added.insert(id);
                roles.extend(role_values(UserId(id), &user.roles));
            }
        }
        self.insert_roles(&roles)?;
        let left_out = users.iter().zip(&ids).filter(|(_, id)| id.is_none());
        let left_out: Vec<_> = left_out.map(|(user, _)| user).collect();
        let mut reasons = self.conflicts(&left_out, lines)?.into_iter();
        let outcome = |id: Option<i64>| match id {
            Some(_) => Some(Outcome::Added),
            None => reasons.next(),
        };
        Ok(ids.into_iter().filter_map(outcome).collect())
    }

    /// Writes the rows, and returns the ids of those that were written.
    fn insert_users(
        &mut self,
        users: &[ImportedLine],
        now: i64,
    ) -> Result<HashMap<Keys, i64>, ImportError> {
        let rows: Vec<_> = users.iter().map(|user| new_row(user, now)).collect();
        let written: Vec<(i64, String, Option<String>)> = on!(&mut self.connection(), it => {
            diesel::insert_into(users::table)
                .values(&rows)
                .on_conflict_do_nothing()
                .returning((users::id, users::name_key, users::email_key))
                .get_results(it)?
        });
        Ok(written.into_iter().map(|(id, name, email)| ((name, email), id)).collect())
    }

    fn insert_roles(&mut self, roles: &[RoleValues<'_>]) -> Result<(), ImportError> {
        for roles in roles.chunks(ROLES_AT_ONCE) {
            let rows = diesel::insert_into(user_roles::table).values(roles);
            on!(&mut self.connection(), it => rows.execute(it)?);
        }
        Ok(())
    }
}

fn keys((_, user): &ImportedLine) -> Keys {
    let email = user.email.as_ref().map(|email| email.key().as_str().to_owned());
    (user.name.key().as_str().to_owned(), email)
}

fn new_row(line: &ImportedLine, now: i64) -> NewRow<'_> {
    let (name_key, email_key) = keys(line);
    let user = &line.1;
    NewRow {
        version: 0,
        create_time: user.create_time.map_or(now, Timestamp::as_second),
        name: user.name.as_str(),
        name_key,
        name_skeleton: NameSkeleton::of(&user.name).as_str().to_owned(),
        email: user.email.as_ref().map(Email::as_str),
        email_key,
        status: user.status.as_str(),
        password_hash: user.password_hash.as_str(),
        password_version: 0,
    }
}
