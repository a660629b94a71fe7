//! `rollcall audit abandon`.

use rollcall_domain::audit::{AnnouncedArchive, ChainMark};
use rollcall_persistence::{AbandonError, Store};

use crate::{commands::output, config::store::DatabaseSettings, failure::Failure};

/// Gives up the unfinished archive that ends with `end`.
pub(super) fn run(
    store: &Store,
    end: ChainMark,
    database: &DatabaseSettings,
) -> Result<(), Failure> {
    let lost = store.abandon_archive(end).map_err(|error| match error {
        AbandonError::Store(error) => database.failure(&error),
        refusal => refusal.to_string().into(),
    })?;
    output::print_done(&(recorded(lost) + &format!("the log begins after {}\n", lost.end)))
}

/// A line that names the lost entries.
pub(super) fn recorded(AnnouncedArchive { start, end }: AnnouncedArchive) -> String {
    match (start.number + 1, end.number) {
        (first, last) if first == last => format!("entry {first} is recorded as lost\n"),
        (first, last) => format!("entries {first} to {last} are recorded as lost\n"),
    }
}
