//! What the store leaves behind on connections that a pooler lends to others as well. With
//! `scripts/with-pgbouncer`, all tests run behind one.

use std::env;

use diesel::{
    Connection, PgConnection, QueryableByName, RunQueryDsl, connection::SimpleConnection,
    sql_query, sql_types::Text,
};
use rollcall_persistence::{DatabaseUrl, Pooler};

/// Everything that outlives a transaction on a connection.
const STATE: &str = "SELECT concat_ws(' ', \
        current_setting('statement_timeout'), \
        current_setting('idle_in_transaction_session_timeout'), \
        current_setting('lock_timeout'), \
        current_setting('client_min_messages'), \
        current_setting('default_transaction_isolation'), \
        (SELECT count(*) FROM pg_prepared_statements), \
        (SELECT count(*) FROM pg_listening_channels()), \
        (SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory'), \
        pg_my_temp_schema()) AS state, \
    pg_backend_pid()::text AS process";

#[derive(QueryableByName)]
struct Lent {
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Text)]
    process: String,
}

/// What a store at this URL is opened by: the pooler in front of its server, if there is one.
pub(super) fn database_url(text: &str) -> DatabaseUrl {
    match behind_pooler(text) {
        Some(text) => text.parse::<DatabaseUrl>().unwrap().through(Pooler::Transaction),
        None => text.parse().unwrap(),
    }
}

/// Whether there is a pooler in front of its server.
pub(super) fn is_in_between(text: &str) -> bool {
    behind_pooler(text).is_some()
}

/// The same database by way of the pooler; none where there is no pooler.
fn behind_pooler(text: &str) -> Option<String> {
    let pooler = env::var("ROLLCALL_TEST_PGBOUNCER").ok()?;
    let database = text.strip_prefix(&env::var("ROLLCALL_TEST_POSTGRES").ok()?)?;
    Some(pooler + database)
}

/// A second user of the database finds all connections of the pooler as PostgreSQL makes them.
pub(super) fn require_clean(text: &str) {
    let Some(url) = behind_pooler(text) else { return };
    let url = url.replace("//rollcall@", "//other@");
    let mut others = [(); 2].map(|()| PgConnection::establish(&url).unwrap());
    let lent = others.each_mut().map(|other| {
        // So that the pooler has to lend another one next.
        other.batch_execute("BEGIN").unwrap();
        sql_query(STATE).get_result::<Lent>(other).unwrap()
    });
    let new: Lent =
        sql_query(STATE).get_result(&mut PgConnection::establish(text).unwrap()).unwrap();
    assert_ne!(lent[0].process, lent[1].process);
    assert_eq!(lent.each_ref().map(|lent| lent.state.as_str()), [new.state.as_str(); 2]);
}
