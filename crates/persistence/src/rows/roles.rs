//! The roles of users, and the one place that puts them together with the users.

use std::{borrow::Cow, iter, mem, ops::Range};

use diesel::{prelude::*, result::Error as DieselError};
use rollcall_domain::{RoleName, Roles, UserId};

use crate::{
    engine::{Connection, on},
    schema::user_roles,
};

/// How many roles one statement writes, far below the limits on values in it: 32766 on SQLite,
/// 65535 on PostgreSQL.
const AT_ONCE: usize = 5000;

/// One role of one user.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = user_roles)]
pub(crate) struct RoleRow<'a> {
    pub(crate) user_id: i64,
    pub(crate) name: Cow<'a, str>,
}

impl<'a> RoleRow<'a> {
    /// The rows of a user's roles.
    pub(crate) fn of(id: UserId, roles: &'a Roles) -> Vec<Self> {
        roles.iter().map(|role| Self { user_id: id.0, name: role.as_str().into() }).collect()
    }
}

/// Writes roles that do not exist yet.
pub(crate) fn insert(
    connection: &mut Connection<'_>,
    rows: &[RoleRow<'_>],
) -> Result<(), DieselError> {
    for rows in rows.chunks(AT_ONCE) {
        let rows = diesel::insert_into(user_roles::table).values(rows);
        on!(connection, inside => rows.execute(inside)?);
    }
    Ok(())
}

/// Groups the rows of a join, in which the rows of one user are adjacent and each has one of the
/// roles, or none if the user has no role.
pub(crate) fn grouped<R: PartialEq, E>(
    rows: impl Iterator<Item = Result<(R, Option<String>), E>>,
) -> impl Iterator<Item = Result<(R, Roles), E>> {
    let mut rows = rows.peekable();
    iter::from_fn(move || {
        let (row, mut role) = match rows.next()? {
            Ok(first) => first,
            Err(error) => return Some(Err(error)),
        };
        let mut roles = Roles::default();
        while let Some(name) = role {
            roles.insert(RoleName::from_store(name));
            let next = rows.next_if(|next| matches!(next, Ok((next, _)) if *next == row));
            role = next.and_then(Result::ok).and_then(|(_, role)| role);
        }
        Some(Ok((row, roles)))
    })
}

/// The roles of some users, for users that were read by a statement of their own.
pub(crate) struct RolesById(Vec<RoleRow<'static>>);

impl RolesById {
    /// Keeps the order of each user's roles.
    pub(crate) fn new(mut rows: Vec<RoleRow<'static>>) -> Self {
        rows.sort_by_key(|row| row.user_id);
        Self(rows)
    }

    /// All rows.
    pub(crate) fn rows(&self) -> &[RoleRow<'static>] {
        &self.0
    }

    /// The rows of a user.
    pub(crate) fn of(&self, id: i64) -> &[RoleRow<'static>] {
        &self.0[self.range(id)]
    }

    /// Takes the roles of a user out.
    pub(crate) fn take(&mut self, id: i64) -> Roles {
        let (mut roles, range) = (Roles::default(), self.range(id));
        for row in &mut self.0[range] {
            roles.insert(RoleName::from_store(mem::take(&mut row.name).into_owned()));
        }
        roles
    }

    fn range(&self, id: i64) -> Range<usize> {
        let first = self.0.partition_point(|row| row.user_id < id);
        first..first + self.0[first..].partition_point(|row| row.user_id == id)
    }
}
