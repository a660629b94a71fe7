//! A look through a whole SQLite file for damage, beside the requests that it answers.

use std::{io, sync::Arc, thread};

use diesel::{QueryResult, RunQueryDsl, SqliteConnection, dsl::sql, sql_types::Text};

use crate::{
    engine::{Backend, counts::Counts, sqlite::database_file::DatabaseFile},
    error::Failure,
    store::Store,
};

/// Finds pages and rows that are not as SQLite writes them, up to the first one.
const CHECK: &str = "PRAGMA quick_check(1)";

/// What SQLite says of a file without a flaw.
const FLAWLESS: &str = "ok";

impl Store {
    /// From here on damage of a SQLite file is logged. If the last process on it did not stop
    /// cleanly, its log may be of another file, and a thread looks for damage in all of it. A stop
    /// does not wait for the thread.
    ///
    /// # Errors
    /// [`io::Error`] when there can be no more threads.
    pub fn watch_for_damage(&self) -> io::Result<()> {
        let Backend::Sqlite(pools) = &self.backend else { return Ok(()) };
        pools.counts.log_damage();
        if !pools.file.was_left_unclean() {
            return Ok(());
        }
        let (file, counts) = (Arc::clone(&pools.file), Arc::clone(&pools.counts));
        file.set_being_checked(true);
        let check = move || {
            check(&file, &counts);
            file.set_being_checked(false);
        };
        thread::Builder::new().name("quick-check".to_owned()).spawn(check).map(drop)
    }
}

fn check(file: &DatabaseFile, counts: &Counts) {
    let path = file.path().display();
    log::info!("checking {path}: it was not closed at the last stop");
    let mut connection = match file.connect() {
        Ok(connection) => connection,
        Err(error) => return log::warn!("{path} could not be checked: {error}"),
    };
    let outcome = flaw(&mut connection, CHECK).map_err(Failure::from);
    match counts.failure_of(outcome).map_err(Failure::into_store_error) {
        Ok(None) => log::info!("{path} has no damage"),
        Ok(Some(flaw)) => counts.damage(&flaw),
        Err(error) => log::warn!("{path} could not be checked: {error}"),
    }
}

/// The first flaw that `check`, a statement, finds in a file; none in a file without one.
pub(crate) fn flaw(connection: &mut SqliteConnection, check: &str) -> QueryResult<Option<String>> {
    let found: String = sql::<Text>(check).get_result(connection)?;
    Ok((found != FLAWLESS).then_some(found))
}
