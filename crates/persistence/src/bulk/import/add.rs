//! Writes users who may conflict with existing ones.

use std::collections::HashMap;

use diesel::{
    PgConnection, SqliteConnection, declare_sql_function, prelude::*, result::QueryResult, select,
};
use jiff::Timestamp;
use rollcall_domain::{UserId, shown_number};

use super::{IdRanges, ImportError, ImportedLine, LineNumbers, Outcome, conflicts::conflicts};
use crate::{
    bulk::raw_users::USERS_AT_ONCE,
    engine::Connection,
    rows::{
        roles::{self, RoleRow},
        user::{UniqueKeys, UserColumns},
    },
    schema::users,
};

#[declare_sql_function]
extern "SQL" {
    /// SQLite's: the id of the row that this connection inserted last.
    fn last_insert_rowid() -> BigInt;
}

/// Adds the users that conflict with none, and returns the outcome of each.
pub(super) fn add(
    connection: &mut Connection<'_>,
    users: &[ImportedLine],
    lines: &mut LineNumbers,
    added: &mut IdRanges,
    now: Timestamp,
) -> Result<Vec<Outcome>, ImportError> {
    let mut outcomes = Vec::with_capacity(users.len());
    for users in users.chunks(USERS_AT_ONCE.into()) {
        outcomes.extend(add_at_once(connection, users, lines, added, now)?);
    }
    Ok(outcomes)
}

fn add_at_once(
    connection: &mut Connection<'_>,
    users: &[ImportedLine],
    lines: &mut LineNumbers,
    added: &mut IdRanges,
    now: Timestamp,
) -> Result<Vec<Outcome>, ImportError> {
    let account = |(_, user): &ImportedLine| user.clone().into_account(UserId(0), now);
    let accounts: Vec<_> = users.iter().map(account).collect();
    let ids = insert_users(connection, accounts.iter().map(UserColumns::of).collect())?;
    let mut roles = Vec::new();
    for ((line, user), id) in users.iter().zip(&ids) {
        if let Some(id) = *id {
            shown_number(id)?;
            lines.insert(id, *line);
            added.insert(id);
            roles.extend(RoleRow::of(UserId(id), &user.roles));
        }
    }
    roles::insert(connection, &roles)?;
    let left_out = users.iter().zip(&ids).filter(|(_, id)| id.is_none());
    let left_out: Vec<_> = left_out.map(|(user, _)| user).collect();
    let mut reasons = conflicts(connection, &left_out, lines)?.into_iter();
    let outcome = |id: Option<i64>| match id {
        Some(_) => Some(Outcome::Added),
        None => reasons.next(),
    };
    Ok(ids.into_iter().filter_map(outcome).collect())
}

/// Writes the rows, and returns the id of each that was written.
fn insert_users(
    connection: &mut Connection<'_>,
    rows: Vec<UserColumns<'_>>,
) -> Result<Vec<Option<i64>>, ImportError> {
    let ids = match connection {
        Connection::Sqlite(inside) => insert_one_by_one(inside, &rows)?,
        Connection::Postgres(inside) => insert_at_once(inside, rows)?,
    };
    Ok(ids)
}

/// SQLite prepares a statement for one row once, and one for many rows each time. A statement with
/// `RETURNING` would copy each page that it changes, to be able to undo itself.
fn insert_one_by_one(
    connection: &mut SqliteConnection,
    rows: &[UserColumns<'_>],
) -> QueryResult<Vec<Option<i64>>> {
    let insert = |row| {
        let new = diesel::insert_into(users::table).values(row).on_conflict_do_nothing();
        let is_written = new.execute(connection)? == 1;
        is_written.then(|| select(last_insert_rowid()).get_result(connection)).transpose()
    };
    rows.iter().map(insert).collect()
}

/// PostgreSQL gets one message for all rows.
fn insert_at_once(
    connection: &mut PgConnection,
    rows: Vec<UserColumns<'_>>,
) -> QueryResult<Vec<Option<i64>>> {
    let written: Vec<(i64, String, Option<String>)> = diesel::insert_into(users::table)
        .values(&rows)
        .on_conflict_do_nothing()
        .returning((users::id, users::name_key, users::email_key))
        .get_results(connection)?;
    let mut written: HashMap<UniqueKeys, i64> =
        written.into_iter().map(|(id, name, email)| ((name, email), id)).collect();
    Ok(rows.into_iter().map(|row| written.remove(&row.keys())).collect())
}
