//! The processor time of requests, in the binary and in its database: the basis of estimates for
//! more users and more cores.

use std::{fs, process::Command, time::Duration};

use crate::{
    Result,
    client::Client,
    other, row,
    server::{Rollcall, admin},
    throughput::{CLIENTS, Load, with_basic, wrk},
};

const SECONDS: u32 = 4;
const CHANGES: u32 = 3000;

/// Inserts each user's row as a registration does, but with a hash that matches no password.
const FILL: &str = "INSERT INTO users \
    (version, create_time, name, name_key, email, email_key, status, password_hash) \
    SELECT 0, 1500000000, name, name, name || '@example.com', name || '@example.com', 'ENABLED', \
        '$2b$12$' || repeat('.', 53) \
    FROM (SELECT 'first.last' || i AS name FROM generate_series(1, ";

/// Processor time so far.
struct Used {
    rollcall: Duration,
    postgres: Duration,
}

/// Makes so many users at once.
pub(crate) fn fill(url: &str, users: u32) -> Result<()> {
    psql(url, &format!("{FILL}{users}) AS i) AS names"))?;
    // Outside of a transaction.
    psql(url, "VACUUM ANALYZE").map(drop)
}

/// Measures reads and changes, and the size of a user.
pub(crate) fn measure(rollcall: &Rollcall, url: &str) -> Result<()> {
    let oneself = [with_basic("/users/1", admin())];
    reads("`GET /users/1` by its own user", rollcall, url, &oneself)?;
    // All over the table, and over none of them twice in a row.
    let others: Vec<_> =
        (1..1000).map(|step| with_basic(&format!("/users/{}", step * 997 + 2), admin())).collect();
    reads("`GET /users/{userId}` of others by an admin", rollcall, url, &others)?;
    changes(rollcall, url)?;
    let size = psql(url, "SELECT pg_total_relation_size('users') / count(*) FROM users")?;
    row("PostgreSQL: disk for a user, with the indexes", &format!("{} bytes", size.trim()));
    Ok(())
}

fn reads(what: &str, rollcall: &Rollcall, url: &str, load: &[Load]) -> Result<()> {
    let before = used(rollcall, url)?;
    let run = wrk(&rollcall.address, load, CLIENTS, SECONDS)?;
    report(what, &before, &used(rollcall, url)?, run.per_second * f64::from(SECONDS));
    Ok(())
}

fn changes(rollcall: &Rollcall, url: &str) -> Result<()> {
    let mut client = Client::connect(&rollcall.address, None)?;
    let before = used(rollcall, url)?;
    for number in 0..CHANGES {
        let path = format!("/users/{}", number * 331 + 2);
        let body = r#"{"userInfo":{"status":"DISABLED"}}"#;
        if client.send("PATCH", &path, &admin(), body)? != 200 {
            return Err(other("a user was not changed").into());
        }
    }
    let after = used(rollcall, url)?;
    report("`PATCH /users/{userId}` by an admin", &before, &after, f64::from(CHANGES));
    Ok(())
}

fn report(what: &str, before: &Used, after: &Used, requests: f64) {
    let each = |time: Duration| time.as_secs_f64() * 1e6 / requests;
    let rollcall = each(after.rollcall.saturating_sub(before.rollcall));
    let postgres = each(after.postgres.saturating_sub(before.postgres));
    let what = format!("PostgreSQL: processor time of {what}");
    row(&what, &format!("{rollcall:.0} µs in rollcall, {postgres:.0} µs in PostgreSQL"));
}

fn used(rollcall: &Rollcall, url: &str) -> Result<Used> {
    let backends = "SELECT pid FROM pg_stat_activity \
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let backends = psql(url, backends)?;
    let mut postgres = Duration::ZERO;
    for pid in backends.lines() {
        postgres += processor_time(pid.trim().parse()?)?;
    }
    Ok(Used { rollcall: processor_time(rollcall.pid())?, postgres })
}

/// What a process has used, of which the system tells hundredths of a second.
pub(crate) fn processor_time(pid: u32) -> Result<Duration> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name before it may hold anything.
    let fields = text.rsplit(')').next().unwrap_or_default();
    let ticks: Vec<u64> = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(str::parse)
        .collect::<std::result::Result<_, _>>()?;
    Ok(Duration::from_millis(ticks.iter().sum::<u64>() * 10))
}

/// What the database says to this.
pub(crate) fn psql(url: &str, sql: &str) -> Result<String> {
    let arguments = [url, "-qAt", "-v", "ON_ERROR_STOP=1", "-c", sql];
    let output = Command::new("psql").args(arguments).output()?;
    if output.status.success() {
        Ok(String::from_utf8(output.stdout)?)
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned().into())
    }
}
