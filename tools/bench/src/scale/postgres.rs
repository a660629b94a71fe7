//! A store on PostgreSQL; its lists beside what `psql` writes of the same rows.

use std::{env, process::Command, time::Instant};

use super::{
    COST, Store,
    lists::{self, rows},
    operations, pages, reads, thousands, writes,
};
use crate::{
    Result,
    costs::psql,
    memory::run,
    postgres::SERVER,
    row,
    server::{Rollcall, binary},
};

const DATABASE: &str = "rollcall_scale";

/// Copies the store to a database of its own and measures that; without a server it says so.
pub(super) fn measure(store: &Store) -> Result<()> {
    let Ok(server) = env::var(SERVER) else {
        row("PostgreSQL: `GET /users`", "not measured: run this by scripts/with-postgres");
        return Ok(());
    };
    let maintenance = format!("{server}/postgres");
    psql(&maintenance, &format!("DROP DATABASE IF EXISTS {DATABASE}"))?;
    psql(&maintenance, &format!("CREATE DATABASE {DATABASE}"))?;
    let url = format!("{server}/{DATABASE}");
    let from = format!("sqlite://{}", store.file().display());
    let copied =
        run(binary()?.arg("copy").env("ROLLCALL_COPY_FROM", from).env("ROLLCALL_COPY_TO", &url))?;
    let users = thousands(store.users);
    row(
        &format!("{users} users copied from SQLite to PostgreSQL"),
        &format!("{:.1} s", copied.seconds),
    );
    psql(&url, "VACUUM ANALYZE")?;
    let begun = Instant::now();
    let rollcall = Rollcall::start_on(&url, COST)?;
    let copied = Store {
        database: "PostgreSQL",
        users: store.users,
        folder: tempfile::tempdir()?,
        rollcall,
    };
    operations::started(&copied, begun)?;
    let sql = format!("SELECT row_to_json(it) FROM ({}) AS it", rows("users.id"));
    let mut theirs = || Ok(run(Command::new("psql").args([&url, "-qAt", "-c", &sql]))?.seconds);
    for path in ["/users", "/api/v1/users"] {
        lists::beside(&copied.rollcall, path, &mut theirs)?.report(
            &copied.title(&format!("`GET {path}`; `psql` with `row_to_json` of `GET /users`")),
        );
    }
    reads::measure(&copied, None)?;
    pages::measure(&copied)?;
    writes::measure(&copied)?;
    operations::verify(&copied, Some(&url))
}
