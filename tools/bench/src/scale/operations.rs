//! What operators do with a store: starts, backups, verifications of the audit log.

use std::time::Instant;

use super::Store;
use crate::{
    Result,
    client::Client,
    memory::{self, Took},
    milliseconds, row,
    server::binary,
};

/// Measures the start that `begun` was before, until the first answer, and the memory then.
pub(super) fn started(store: &Store, begun: Instant) -> Result<()> {
    Client::connect(&store.rollcall.address, None)?.get("/health/ready", "")?;
    let time = milliseconds(begun.elapsed());
    let memory = memory::share(store.rollcall.pid())?;
    row(
        &store.title("start to first answer; memory at rest (PSS)"),
        &format!("{time:.0} ms; {memory:.1} MiB"),
    );
    Ok(())
}

/// Measures a backup beside the server.
pub(super) fn backup(store: &Store) -> Result<()> {
    let file = store.folder.path().join("backup.db");
    let took = memory::run(binary()?.current_dir(store.folder.path()).arg("backup").arg(&file))?;
    report(store, "`rollcall backup`", &took);
    Ok(std::fs::remove_file(file)?)
}

/// Measures a verification of the audit log, which has the writes of the run.
pub(super) fn verify(store: &Store, url: Option<&str>) -> Result<()> {
    let mut command = binary()?;
    command.current_dir(store.folder.path()).args(["audit", "verify"]);
    if let Some(url) = url {
        command.env("ROLLCALL_DATABASE_URL", url);
    }
    report(store, "`rollcall audit verify` after the writes", &memory::run(&mut command)?);
    Ok(())
}

fn report(store: &Store, what: &str, Took { seconds, mebibytes }: &Took) {
    row(&store.title(what), &format!("{seconds:.2} s, {mebibytes:.0} MiB at most"));
}
