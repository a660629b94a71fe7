//! The processor time of a page, beside what `sqlite3 -json` takes for the same rows.

use std::{fs, path::Path, process::Command};

use crate::{
    Result,
    client::Client,
    cpu::each,
    median,
    memory::run,
    row,
    scale::{database, pages::ask},
    server::{Rollcall, admin},
    throughput::{ROUNDS, script, with_basic},
};

/// How long a page is.
const LENGTH: u32 = 100;

/// How often `sqlite3` reads all pages in one process, whose start then counts little.
const TIMES: u32 = 20;

/// Measures pages all over a store of so many users, in turns.
pub(crate) fn measure(rollcall: &Rollcall, folder: &Path, users: u32) -> Result<()> {
    let load: Vec<_> = pages(rollcall)?.iter().map(|path| with_basic(path, admin())).collect();
    let script = script(&load)?;
    let (mut ours, mut theirs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let our = each(rollcall.pid(), &rollcall.address, &script)?;
        let their = sqlite3(folder, users)?;
        // The first round fills the caches.
        if round > 0 {
            ours.push(our);
            theirs.push(their);
            ratios.push(our / their);
        }
    }
    let (ours, theirs, ratio) = (median(ours), median(theirs), median(ratios));
    row(
        "SQLite: processor time of a page of 100 of 10,000 users; `sqlite3 -json` of the same rows",
        &format!("{ours:.0} µs, {ratio:.2} times; {theirs:.0} µs"),
    );
    Ok(())
}

/// The paths of all pages.
fn pages(rollcall: &Rollcall) -> Result<Vec<String>> {
    let mut client = Client::connect(&rollcall.address, None)?;
    let first = format!("/users?limit={LENGTH}");
    let (mut paths, mut next) = (Vec::new(), Some(first.clone()));
    while let Some(path) = next {
        let page = ask(&mut client, &path)?;
        let token = page["userList"]["nextPageToken"].as_str();
        next = token.map(|token| format!("{first}&pageToken={token}"));
        paths.push(path);
    }
    Ok(paths)
}

/// The microseconds for each page. It has one thread, which never waits: its files are in memory.
fn sqlite3(folder: &Path, users: u32) -> Result<f64> {
    let queries: String = (0..users / LENGTH).map(|page| query(page * LENGTH)).collect();
    let all = folder.join("pages.sql");
    fs::write(&all, queries.repeat(TIMES.try_into()?))?;
    let read = format!(".read {}", all.display());
    let took = run(Command::new("sqlite3").arg("-json").arg(database(folder)).arg(read))?;
    Ok(took.seconds * 1e6 / f64::from(TIMES * users / LENGTH))
}

/// The rows of the page behind this id: every user, with one row per role.
fn query(after: u32) -> String {
    format!(
        "SELECT users.id, version, create_time, users.name, email, status, user_roles.name AS role \
         FROM (SELECT * FROM users WHERE id > {after} ORDER BY id LIMIT {LENGTH}) AS users \
         LEFT JOIN user_roles ON user_id = users.id ORDER BY users.id, user_roles.name;\n"
    )
}
