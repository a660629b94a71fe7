//! Lists every user with one statement, from one snapshot, with only a few rows in memory.

use std::ops::ControlFlow;

use diesel::{
    PgConnection, SqliteConnection,
    connection::SimpleConnection,
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    result::QueryResult,
    sql_types::{BigInt, Nullable, Text},
};
use rollcall_domain::{Claim, ListError, RoleName, StoreError, User, UserOrder};

use crate::{
    engine::{Backend, Connection, sqlite},
    error::Failure,
    recheck::check,
    rows::user::{ShownRow, user},
    schema::{user_roles, users},
};

/// After how many rows the reader is checked again: about as many as a piece of the body holds.
const ROWS_BETWEEN_CHECKS: usize = 500;

/// How many rows are fetched from PostgreSQL at a time; the reader is checked again in between.
const FETCH: &str = "FETCH FORWARD 500 FROM listed";

/// A slow client may take this long to read what was fetched before the next rows are.
const PATIENCE: &str = "SET LOCAL idle_in_transaction_session_timeout = '2min'";

/// Handles one user, and breaks when it needs no more.
type Each<'a> = dyn FnMut(User) -> ControlFlow<()> + 'a;

/// A user's row with one of its roles, or none if it has no role.
type Row = (ShownRow, Option<String>);

/// The types of [`Row`].
type RowTypes = ((BigInt, BigInt, BigInt, Text, Nullable<Text>, Text), Nullable<Text>);

/// Puts the rows of each user together.
struct UsersWithRoles<'a, 'b> {
    last: Option<User>,
    each: &'a mut Each<'b>,
}

/// The rows in `$order`, which begins with a unique column, so that the rows of a user are
/// adjacent.
macro_rules! rows {
    ($order:expr) => {
        users::table
            .left_join(user_roles::table)
            .select((ShownRow::as_select(), user_roles::name.nullable()))
            .order(($order, user_roles::name))
    };
}

impl Backend {
    /// Passes every user to `each` until it breaks, or the reader's `claim` does not hold any more.
    pub(crate) fn list(
        &self,
        order: UserOrder,
        claim: Option<&Claim>,
        each: &mut Each<'_>,
    ) -> Result<(), ListError> {
        let gatherer = UsersWithRoles { last: None, each };
        let outcome = match self {
            Self::Sqlite(pools) => pools
                .lister()
                .map_err(Failure::from)
                .and_then(|mut it| list_sqlite(&mut it, order, gatherer, || recheck(pools, claim))),
            Self::Postgres(pools) => {
                pools.lists.read_once(|it| list_postgres(it, order, claim, gatherer))
            }
        };
        self.counts().failure_of(outcome).map_err(Failure::into_list_error)
    }
}

/// Checks the reader of a SQLite file on another connection, since that of the list sees one
/// snapshot.
fn recheck(pools: &sqlite::Pools, claim: Option<&Claim>) -> Result<(), Failure> {
    let Some(claim) = claim else { return Ok(()) };
    check(&mut Connection::Sqlite(&mut *pools.reader()?), claim)
}

/// SQLite steps from row to row by itself.
fn list_sqlite(
    connection: &mut SqliteConnection,
    order: UserOrder,
    mut gatherer: UsersWithRoles<'_, '_>,
    recheck: impl Fn() -> Result<(), Failure>,
) -> Result<(), Failure> {
    macro_rules! gather {
        ($order:expr) => {
            for (number, row) in rows!($order).load_iter::<Row, _>(connection)?.enumerate() {
                if number > 0 && number % ROWS_BETWEEN_CHECKS == 0 {
                    recheck()?;
                }
                if gatherer.take(row?)?.is_break() {
                    return Ok(());
                }
            }
        };
    }
    match order {
        UserOrder::Id => gather!(users::id),
        UserOrder::Name => gather!(users::name_key),
        UserOrder::CreateTime => gather!((users::create_time, users::id)),
    }
    gatherer.finish();
    Ok(())
}

/// Fetches from a cursor, since PostgreSQL would send all rows and buffer those that the client has
/// not read. The cursor shows one snapshot; other statements in its transaction see later ones.
fn list_postgres(
    connection: &mut PgConnection,
    order: UserOrder,
    claim: Option<&Claim>,
    mut gatherer: UsersWithRoles<'_, '_>,
) -> Result<(), Failure> {
    connection.batch_execute(PATIENCE)?;
    match order {
        UserOrder::Id => Declare(rows!(users::id)).execute(connection)?,
        UserOrder::Name => Declare(rows!(users::name_key)).execute(connection)?,
        UserOrder::CreateTime => {
            Declare(rows!((users::create_time, users::id))).execute(connection)?
        }
    };
    loop {
        let rows: Vec<Row> = Fetch.load(connection)?;
        if rows.is_empty() {
            gatherer.finish();
            return Ok(());
        }
        if let Some(claim) = claim {
            check(&mut Connection::Postgres(connection), claim)?;
        }
        for row in rows {
            if gatherer.take(row)?.is_break() {
                return Ok(());
            }
        }
    }
}

impl UsersWithRoles<'_, '_> {
    fn take(&mut self, (row, role): Row) -> Result<ControlFlow<()>, StoreError> {
        let mut flow = ControlFlow::Continue(());
        if self.last.as_ref().is_none_or(|last| last.id.0 != row.id) {
            let before = self.last.replace(user(row)?);
            flow = before.map_or(flow, &mut *self.each);
        }
        if let (Some(user), Some(role)) = (&mut self.last, role) {
            user.roles.insert(RoleName::from_store(role));
        }
        Ok(flow)
    }

    fn finish(self) {
        // The last user: whether `each` breaks does not matter.
        let _ = self.last.map(self.each);
    }
}

/// Opens the cursor for a query.
struct Declare<Q>(Q);

/// Asks the cursor for some rows.
struct Fetch;

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Declare<Q> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        pass.push_sql("DECLARE listed NO SCROLL CURSOR FOR ");
        self.0.walk_ast(pass)
    }
}

impl<Q> QueryId for Declare<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q> RunQueryDsl<PgConnection> for Declare<Q> {}

impl QueryFragment<Pg> for Fetch {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        pass.unsafe_to_cache_prepared();
        pass.push_sql(FETCH);
        Ok(())
    }
}

impl QueryId for Fetch {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Fetch {
    type SqlType = RowTypes;
}

impl RunQueryDsl<PgConnection> for Fetch {}
