//! `rollcall copy`: copies all users to another store.

use std::io::{self, IsTerminal};

use rollcall_persistence::{Contents, Copied, CopyError, Progress, Step, copy};

use crate::{
    commands::output::{self, progress::ProgressLine},
    config::copy::{CopySettings, FROM, TO},
    failure::Failure,
    telemetry,
    words::counted,
};

/// Copies all users, and prints both stores' contents.
pub(crate) fn run(settings: &CopySettings) -> Result<(), Failure> {
    telemetry::log::direct();
    let (from, to) = settings.urls()?;
    let mut line = ProgressLine::new(io::stderr(), io::stderr().is_terminal());
    let copied = copy(&from, &to, |progress| {
        let _ = line.show(progress.done == progress.total, |_| text(progress));
    });
    line.end();
    let Copied { source, target } = copied.map_err(|error| failure(&error))?;
    output::print_done(&format!(
        "        {:>8}  {:>8}  {:>8}  {:>10}  SHA-256 OF THE COPIED ROWS\n{}{}",
        "USERS",
        "ROLES",
        "ENTRIES",
        "HIGHEST ID",
        row("source", &source),
        row("target", &target)
    ))
}

fn text(Progress { step, done, total }: Progress) -> String {
    let step = match step {
        Step::Copying => "copying",
        Step::Verifying => "verifying",
    };
    // An empty store is complete.
    let percent = (done * 100).checked_div(total).unwrap_or(100);
    let total = counted(total as u64, "user");
    format!("{step}: {done} of {total} ({percent} %)")
}

fn row(name: &str, contents: &Contents) -> String {
    let Contents { users, roles, entries, highest_id, sha256 } = contents;
    format!("{name}  {users:>8}  {roles:>8}  {entries:>8}  {highest_id:>10}  {sha256}\n")
}

/// The error, with the setting of the database that it concerns.
fn failure(error: &CopyError) -> Failure {
    match error {
        CopyError::Source(_) | CopyError::Read(_) | CopyError::Incomplete { .. } => {
            FROM.failure(error)
        }
        CopyError::Target(_)
        | CopyError::SameStore
        | CopyError::NotEmpty
        | CopyError::Write(_)
        | CopyError::Different(_)
        | CopyError::Commit(_) => TO.failure(error),
    }
}
