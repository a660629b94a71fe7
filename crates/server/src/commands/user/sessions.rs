//! `rollcall user sessions` and `rollcall user logout`.

use std::{sync::Arc, time::Duration};

use rollcall_domain::{Caller, SystemClock, UserSessions, audit::RequestOrigin, session::Session};
use rollcall_persistence::Store;

use super::{about, named};
use crate::{
    commands::output::{self, table::table},
    failure::Failure,
    words::counted,
};

/// Prints the sessions of a user that are younger than `max_age`, as a table.
pub(super) fn print(store: Store, name: &str, max_age: Duration) -> Result<(), Failure> {
    let sessions = of_store(store, max_age).list(&Caller::Operator, &named(name)?);
    let sessions = sessions.map_err(|error| about(name, &error))?;
    let rows = sessions.iter().map(row).collect();
    output::print(&table(["ID", "BEGUN", "LAST USED", "ADDRESS"], rows))
}

/// Ends all sessions of a user, and returns the line that says so.
pub(super) fn end_all(store: Store, name: &str) -> Result<String, Failure> {
    // Also ends sessions beyond their maximum age.
    let sessions = of_store(store, Duration::MAX);
    let ended = sessions.end_all(&RequestOrigin::default(), &Caller::Operator, &named(name)?);
    let count = ended.map_err(|error| about(name, &error))?;
    Ok(format!("ended {} of {name}", counted(count as u64, "session")))
}

fn of_store(store: Store, max_age: Duration) -> UserSessions {
    UserSessions::new(Arc::new(store), max_age, Arc::new(SystemClock::default()))
}

fn row(session: &Session) -> [String; 4] {
    [
        session.id.to_string(),
        session.begin_time.to_string(),
        session.last_active.to_string(),
        session.address.map_or_else(|| "-".to_owned(), |address| address.to_string()),
    ]
}
