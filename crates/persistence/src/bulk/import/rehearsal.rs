//! What an import would do, found out by adding the users to a scratch store.

use diesel::connection::SimpleConnection;
use jiff::Timestamp;

use super::{
    IdRanges, ImportError, ImportedLine, LineNumbers, Outcome, add::add, conflicts::compare,
    page_cache,
};
use crate::{
    engine::{bulk_transaction::Isolation, dedicated::DedicatedConnection, sqlite::sqlite_name},
    error::open::OpenError,
};

/// The scratch store need not survive a crash.
const SCRATCH_SETTINGS: &str =
    "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON";

/// An empty store that is deleted when it is dropped.
pub(super) fn open_scratch() -> Result<DedicatedConnection, OpenError> {
    let mut scratch = sqlite_name::open_scratch().map_err(OpenError::connect)?;
    scratch.batch_execute(SCRATCH_SETTINGS).map_err(OpenError::connect)?;
    page_cache::set_for(&mut scratch, 0).map_err(OpenError::connect)?;
    let mut scratch = DedicatedConnection::Sqlite(scratch);
    scratch.migrate()?;
    scratch.borrow().begin(Isolation::Shared).map_err(OpenError::connect)?;
    Ok(scratch)
}

/// What would become of `users`: those that conflict with none in the store are added to the
/// scratch store, which finds their conflicts with each other.
pub(super) fn rehearse(
    store: Option<&mut DedicatedConnection>,
    scratch: &mut DedicatedConnection,
    lines: &mut LineNumbers,
    users: &[ImportedLine],
    now: Timestamp,
) -> Result<Vec<Outcome>, ImportError> {
    let mut outcomes = match store {
        Some(store) => compare(&mut store.borrow(), users)?,
        None => vec![Outcome::Added; users.len()],
    };
    let is_refused = |outcome: &Outcome| matches!(outcome, Outcome::Refused(_));
    let passed = users.iter().zip(&outcomes).filter(|(_, outcome)| !is_refused(outcome));
    let passed: Vec<_> = passed.map(|(user, _)| user.clone()).collect();
    let among_themselves =
        add(&mut scratch.borrow(), &passed, lines, &mut IdRanges::default(), now)?;
    let open = outcomes.iter_mut().filter(|outcome| !is_refused(outcome));
    for (outcome, refusal) in open.zip(among_themselves) {
        if is_refused(&refusal) {
            *outcome = refusal;
        }
    }
    Ok(outcomes)
}
