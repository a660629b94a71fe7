//! `rollcall user sessions` and `rollcall user logout`.

use std::{sync::Arc, time::Duration};

use rollcall_domain::{
    Caller, UserError, UserRef,
    audit::Origin,
    session::{Session, UserSessions},
};
use rollcall_persistence::Store;

use super::table::table;

/// The sessions of a user that are younger than `max_age`, as a table.
pub(super) fn list(store: Store, target: &UserRef, max_age: Duration) -> Result<String, UserError> {
    let sessions = UserSessions::new(Arc::new(store), max_age).list(&Caller::Operator, target)?;
    Ok(table(["ID", "BEGUN", "LAST USED", "ADDRESS"], sessions.iter().map(row).collect()))
}

/// Ends all sessions of a user, and returns their number.
pub(super) fn end_all(store: Store, target: &UserRef) -> Result<usize, UserError> {
    // Also ends sessions beyond their maximum age.
    let sessions = UserSessions::new(Arc::new(store), Duration::MAX);
    sessions.end_all(&Origin::default(), &Caller::Operator, target)
}

fn row(session: &Session) -> [String; 4] {
    [
        session.id.to_string(),
        session.begin_time.to_string(),
        session.last_active.to_string(),
        session.address.map_or_else(|| "-".to_owned(), |address| address.to_string()),
    ]
}
