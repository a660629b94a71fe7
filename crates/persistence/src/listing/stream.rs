//! Lists every user with one statement, from one snapshot, with only a few rows in memory.

use std::{iter, ops::ControlFlow};

use diesel::{
    PgConnection,
    connection::SimpleConnection,
    dsl::{AsSelect, SqlTypeOf, sql},
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, QueryFragment, QueryId},
    result::QueryResult,
    sql_types::{Nullable, Text},
};
use rollcall_domain::{Claim, ListError, User, UserOrder};

use crate::{
    engine::{Backend, Connection, sqlite},
    error::Failure,
    recheck::check,
    rows::{roles::grouped, user::ShownRow},
    schema::{user_roles, users},
};

/// After how many rows the reader is checked again: about as many as a piece of the body holds.
const ROWS_BETWEEN_CHECKS: usize = 500;

/// How many rows are fetched from PostgreSQL at a time; the reader is checked again in between.
pub(super) const FETCH: &str = "FETCH FORWARD 500 FROM listed";

/// A slow client may take this long to read what was fetched before the next rows are.
const PATIENCE: &str = "SET LOCAL idle_in_transaction_session_timeout = '2min'";

/// Handles one user, and breaks when it needs no more.
type Each<'a> = dyn FnMut(User) -> ControlFlow<()> + 'a;

/// A user's row with one of its roles, or none if it has no role.
type Row = (ShownRow, Option<String>);

/// The types of [`Row`].
type RowTypes = (SqlTypeOf<AsSelect<ShownRow, Pg>>, Nullable<Text>);

/// All rows in an order that begins with a unique column, so that the rows of a user are adjacent.
macro_rules! rows {
    ($order:expr) => {{
        let rows = users::table
            .left_join(user_roles::table)
            .select((ShownRow::as_select(), user_roles::name.nullable()))
            .into_boxed();
        match $order {
            UserOrder::Id => rows.order((users::id, user_roles::name)),
            UserOrder::Name => rows.order((users::name_key, user_roles::name)),
            UserOrder::CreateTime => rows.order((users::create_time, users::id, user_roles::name)),
        }
    }};
}

impl Backend {
    /// Passes every user to `each` until it breaks, or the reader's `claim` does not hold any more.
    pub(crate) fn list(
        &self,
        order: UserOrder,
        claim: Option<&Claim>,
        each: &mut Each<'_>,
    ) -> Result<(), ListError> {
        let outcome = match self {
            Self::Sqlite(pools) => pools.lister().map_err(Failure::from).and_then(|mut lister| {
                let rows = rows!(order).load_iter::<Row, _>(&mut *lister)?;
                pass_on(rechecked(rows, pools, claim), each)
            }),
            Self::Postgres(pools) => pools.lists.read_once(|connection| {
                declare(connection, rows!(order))?;
                let load = |connection: &mut _| sql::<RowTypes>(FETCH).load::<Row>(connection);
                pass_on(fetched(connection, claim, load), each)
            }),
        };
        self.counts().failure_of(outcome).map_err(Failure::into_list_error)
    }
}

/// Checks the reader of a SQLite file now and then, on another connection, since that of the list
/// sees one snapshot.
pub(super) fn rechecked<R>(
    rows: impl Iterator<Item = QueryResult<R>>,
    pools: &sqlite::Pools,
    claim: Option<&Claim>,
) -> impl Iterator<Item = Result<R, Failure>> {
    rows.enumerate().map(move |(number, row)| {
        if let Some(claim) = claim
            && number > 0
            && number % ROWS_BETWEEN_CHECKS == 0
        {
            check(&mut Connection::Sqlite(&mut *pools.reader()?), claim)?;
        }
        Ok(row?)
    })
}

/// Opens a cursor, since PostgreSQL would send all rows and buffer those that the client has not
/// read. The cursor shows one snapshot; other statements in its transaction see later ones.
pub(super) fn declare<Q: QueryFragment<Pg>>(
    connection: &mut PgConnection,
    query: Q,
) -> Result<(), Failure> {
    connection.batch_execute(PATIENCE)?;
    Declare(query).execute(connection)?;
    Ok(())
}

/// Fetches the rows of the cursor by `load`, and checks the reader in between.
pub(super) fn fetched<R>(
    connection: &mut PgConnection,
    claim: Option<&Claim>,
    load: impl Fn(&mut PgConnection) -> QueryResult<Vec<R>>,
) -> impl Iterator<Item = Result<R, Failure>> {
    let mut fetch = move || {
        let rows = load(connection)?;
        if let Some(claim) = claim.filter(|_| !rows.is_empty()) {
            check(&mut Connection::Postgres(connection), claim)?;
        }
        Ok(rows)
    };
    let fetched = iter::from_fn(move || match fetch() {
        Ok(rows) if rows.is_empty() => None,
        Ok(rows) => Some(rows.into_iter().map(Ok).collect()),
        Err(failure) => Some(vec![Err(failure)]),
    });
    fetched.flatten()
}

/// Passes each user to `each` until it breaks.
fn pass_on(
    rows: impl Iterator<Item = Result<Row, Failure>>,
    each: &mut Each<'_>,
) -> Result<(), Failure> {
    for user in grouped(rows) {
        let (row, roles) = user?;
        if each(row.user(roles)?).is_break() {
            break;
        }
    }
    Ok(())
}

/// Opens the cursor for a query.
struct Declare<Q>(Q);

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
