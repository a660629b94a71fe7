//! Whether both ends of a copy are one store, however their URLs name it.

use std::{fs, os::unix::fs::MetadataExt, path::Path};

use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};

use crate::engine::{
    dedicated::LIMIT,
    postgres::{session::connect, url::PostgresUrl},
    url::DatabaseUrl,
};

/// The database and the start of its server, in microseconds.
const IDENTITY: &str = "SELECT current_database() || ' ' || pg_postmaster_start_time() AS identity";

#[derive(QueryableByName)]
struct Identity {
    #[diesel(sql_type = Text)]
    identity: String,
}

/// Whether both URLs name one store, also by links or by other names of a server. A store that is
/// missing, or cannot be asked, counts as another one.
pub(super) fn is_one(from: &DatabaseUrl, to: &DatabaseUrl) -> bool {
    match (from, to) {
        (DatabaseUrl::Sqlite(from), DatabaseUrl::Sqlite(to)) => {
            file(from).is_some_and(|from| file(to) == Some(from))
        }
        (DatabaseUrl::Postgres(from), DatabaseUrl::Postgres(to)) => {
            identity(from).is_some_and(|from| identity(to) == Some(from))
        }
        _ => false,
    }
}

/// The device and inode of a file; none if it is missing.
fn file(path: &Path) -> Option<(u64, u64)> {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.dev(), metadata.ino()))
}

/// The identity of a database, on a connection of its own: where the server does not tell it, the
/// failure must not end a transaction of the copy.
fn identity(url: &PostgresUrl) -> Option<String> {
    let found: Identity = sql_query(IDENTITY).get_result(&mut connect(url, LIMIT).ok()?).ok()?;
    Some(found.identity)
}
