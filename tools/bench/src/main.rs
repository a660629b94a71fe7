//! Measures a rollcall binary as a user runs it, beside a bare actix-web handler on the same cores,
//! and prints ratios. `scripts/bench` builds both and starts the PostgreSQL server that some parts
//! need.
//!
//! Needs `wrk`, `curl` and `sqlite3` on the path. Everything stays on the loopback addresses.

mod changes;
mod client;
mod costs;
mod cpu;
mod hashing;
mod memory;
mod page_cost;
mod peers;
mod postgres;
mod scale;
mod server;
mod session;
mod storm;
mod throughput;

use std::{env, error::Error, io, time::Duration};

use server::{BareServer, Rollcall};
use storm::Origins;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The bcrypt cost that everything is measured at: the default.
const COST: u32 = 12;

/// What can be measured alone.
const PARTS: [&str; 8] =
    ["start", "throughput", "cpu", "storm", "hashing", "postgres", "changes", "scale"];

fn main() -> Result<()> {
    match env::args().nth(1).as_deref() {
        Some("bare") => Ok(server::serve_bare()?),
        // Not a part of the whole run: it needs other programs.
        Some("peers") => peers::measure(),
        None => measure(None),
        Some(part) if PARTS.contains(&part) => measure(Some(part)),
        Some(other) => Err(format!(
            "`{other}` is not known: run without arguments, or with one of peers, {}",
            PARTS.join(", ")
        )
        .into()),
    }
}

/// Measures everything, or only one part of it.
fn measure(only: Option<&str>) -> Result<()> {
    let is_wanted = |part| only.is_none_or(|only| only == part);
    let cores = std::thread::available_parallelism()?;
    println!("{cores} cores, bcrypt cost {COST}, the request log on\n");
    println!("| what | measured |\n| --- | --- |");
    if is_wanted("start") {
        server::start_and_rest()?;
    }
    if is_wanted("throughput") {
        throughput::measure(&BareServer::start()?, &Rollcall::start(&[])?, "SQLite")?;
    }
    if is_wanted("cpu") {
        cpu::measure(env::args().skip(2))?;
    }
    if is_wanted("storm") {
        storm::measure(&Rollcall::start(&[])?, Origins::Addresses)?;
        let proxied = ["--trusted-hops=1", "--forwarded-header=x-forwarded-for"];
        storm::measure(&Rollcall::start(&proxied)?, Origins::Networks)?;
    }
    if is_wanted("hashing") {
        let unlimited = ["--failures-per-account=1000000", "--failures-per-address=1000000"];
        hashing::measure(&Rollcall::start(&unlimited)?)?;
    }
    if is_wanted("postgres") {
        postgres::measure()?;
    }
    if is_wanted("changes") {
        changes::measure(env::args().skip(2))?;
    }
    if is_wanted("scale") {
        scale::measure(&scale::sizes(env::args().skip(2))?)?;
    }
    Ok(())
}

/// Prints a row of the table.
fn row(what: &str, measured: &str) {
    println!("| {what} | {measured} |");
}

/// The middle value.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The value that 99 of 100 stay below.
fn p99(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() * 99 / 100).copied().unwrap_or(f64::NAN)
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn other(text: &str) -> io::Error {
    io::Error::other(text.to_owned())
}
