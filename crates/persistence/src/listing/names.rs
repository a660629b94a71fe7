//! Lists the names of all users in their order, from one snapshot, without reading their rows one
//! by one: in the order of names, each of these is on another page of the table.

use std::ops::ControlFlow;

use diesel::{
    connection::SimpleConnection,
    dsl::sql,
    prelude::*,
    sql_types::{Bool, Text},
};
use rollcall_domain::{Claim, ListError, NamedUser, RoleName, Username};

use crate::{
    engine::Backend,
    error::Failure,
    listing::stream::{FETCH, declare, fetched, rechecked},
    schema::{user_roles, users},
};

/// Reads the two indexes that have the keys of all names, and the spellings of those that differ
/// from their keys. SQLite would take the first one for the spellings as well, and then the table.
/// The index of roles by name has all admins side by side. SQLite would look for each user on
/// another page of the table of roles.
const ON_SQLITE: &str = "SELECT coalesce(spelled.name, users.name_key), \
        user_roles.name IS NOT NULL \
    FROM users \
    LEFT JOIN users AS spelled INDEXED BY users_spelled \
        ON spelled.name_key = users.name_key AND spelled.name <> spelled.name_key \
    LEFT JOIN user_roles INDEXED BY user_roles_by_name \
        ON user_roles.user_id = users.id AND user_roles.name = ";
const IN_ORDER: &str = " ORDER BY users.name_key";

/// On PostgreSQL, the first rows come when all are sorted.
const SORTING: &str = "SET LOCAL statement_timeout = '2min'";

/// Handles one user, and breaks when it needs no more.
type Each<'a> = dyn FnMut(NamedUser) -> ControlFlow<()> + 'a;

/// A name, and whether its user is an admin.
type Row = (String, bool);

/// The types of [`Row`].
type RowTypes = (Text, Bool);

impl Backend {
    /// Passes every user to `each` until it breaks, or the reader's `claim` does not hold any more.
    pub(crate) fn list_names(
        &self,
        claim: Option<&Claim>,
        each: &mut Each<'_>,
    ) -> Result<(), ListError> {
        let admin = RoleName::admin();
        let outcome = match self {
            Self::Sqlite(pools) => pools.lister().map_err(Failure::from).and_then(|mut lister| {
                let query = sql::<RowTypes>(ON_SQLITE).bind::<Text, _>(admin.as_str());
                let rows = query.sql(IN_ORDER).load_iter::<Row, _>(&mut *lister)?;
                pass_on(rechecked(rows, pools, claim), each)
            }),
            Self::Postgres(pools) => pools.lists.read_once(|connection| {
                let is_admin =
                    user_roles::user_id.eq(users::id).and(user_roles::name.eq(admin.as_str()));
                let query = users::table
                    .left_join(user_roles::table.on(is_admin))
                    .select((users::name, user_roles::name.nullable().is_not_null()))
                    // Sorts the rows of the table. An index on the names alone would be read for
                    // the first rows of a cursor.
                    .order(users::name_key.concat(""));
                connection.batch_execute(SORTING)?;
                declare(connection, query)?;
                let load = |connection: &mut _| sql::<RowTypes>(FETCH).load::<Row>(connection);
                pass_on(fetched(connection, claim, load), each)
            }),
        };
        self.counts().failure_of(outcome).map_err(Failure::into_list_error)
    }
}

/// Passes each user to `each` until it breaks.
fn pass_on(
    rows: impl Iterator<Item = Result<Row, Failure>>,
    each: &mut Each<'_>,
) -> Result<(), Failure> {
    for row in rows {
        let (name, is_admin) = row?;
        if each(NamedUser { name: Username::from_store(name), is_admin }).is_break() {
            break;
        }
    }
    Ok(())
}
