//! Changes of addresses on PostgreSQL, with the processor time of everything that takes part: on a
//! busy machine the rate depends on the neighbours, and these times much less.

use std::{env, ffi::OsStr, fs, process::Command, time::Duration};

use crate::{
    COST, Result,
    costs::{self, processor_time, psql},
    median, other,
    postgres::SERVER,
    row,
    scale::writes,
    server::{Rollcall, binary, binary_at},
    throughput::{CLIENTS, ROUNDS, wrk_by},
};

/// How many users there are beside the admin.
const USERS: u32 = 10_000;

const SECONDS: u32 = 4;

/// A build of rollcall, on a database of its own.
struct Build {
    name: String,
    rollcall: Rollcall,
    figures: Figures,
}

/// What was measured of one build: rates, and microseconds for each change.
#[derive(Default)]
struct Figures {
    per_second: Vec<f64>,
    rollcall: Vec<f64>,
    postgres: Vec<f64>,
    generator: Vec<f64>,
}

/// Processor time so far.
struct Used {
    rollcall: Duration,
    postgres: Duration,
    generator: Duration,
}

/// Measures the binary, and these others in turns with it, and what `pgbench` does meanwhile.
pub(crate) fn measure(others: impl Iterator<Item = String>) -> Result<()> {
    let Ok(server) = env::var(SERVER) else {
        row("PostgreSQL: changes", "not measured: run this by scripts/with-postgres");
        return Ok(());
    };
    let maintenance = format!("{server}/postgres");
    let postmaster = postmaster(&maintenance)?;
    let mut builds = vec![Build::start(&server, 0, "rollcall".to_owned(), binary()?)?];
    for (number, path) in others.enumerate() {
        let command = binary_at(OsStr::new(&path))?;
        builds.push(Build::start(&server, number + 1, path, command)?);
    }
    pgbench(&maintenance, &["-i", "-q", "-s", "10"])?;
    let mut transactions = Vec::new();
    for round in 0..=ROUNDS {
        for build in &mut builds {
            build.run(postmaster, round > 0)?;
        }
        transactions.push(transactions_per_second(&maintenance)?);
    }
    let pgbench = median(transactions);
    for build in builds {
        build.report(pgbench);
    }
    Ok(())
}

impl Build {
    fn start(server: &str, number: usize, name: String, command: Command) -> Result<Self> {
        let database = format!("rollcall_changes_{number}");
        let maintenance = format!("{server}/postgres");
        psql(&maintenance, &format!("DROP DATABASE IF EXISTS {database}"))?;
        psql(&maintenance, &format!("CREATE DATABASE {database}"))?;
        let url = format!("{server}/{database}");
        let rollcall = Rollcall::start_build_on(command, &url, COST)?;
        costs::fill(&url, USERS)?;
        Ok(Self { name, rollcall, figures: Figures::default() })
    }

    fn run(&mut self, postmaster: u32, is_kept: bool) -> Result<()> {
        let before = used(&self.rollcall, postmaster)?;
        let run = wrk_by(&writes::change(USERS), &self.rollcall.address, CLIENTS, SECONDS)?;
        let after = used(&self.rollcall, postmaster)?;
        let each = |of: fn(&Used) -> Duration| {
            of(&after).saturating_sub(of(&before)).as_secs_f64() * 1e6 / run.requests
        };
        // The first round fills the caches.
        if is_kept {
            self.figures.per_second.push(run.per_second);
            self.figures.rollcall.push(each(|used| used.rollcall));
            self.figures.postgres.push(each(|used| used.postgres));
            self.figures.generator.push(each(|used| used.generator));
        }
        Ok(())
    }

    fn report(self, pgbench: f64) {
        let Figures { per_second, rollcall, postgres, generator } = self.figures;
        let what = format!(
            "PostgreSQL, 10,000 users: `PATCH /users/{{userId}}` with another email by an admin, \
             {} connections, {}; `pgbench -N` beside it",
            CLIENTS.connections, self.name
        );
        let [rate, rollcall, postgres, generator] =
            [per_second, rollcall, postgres, generator].map(median);
        let measured = format!(
            "{rate:.0}/s; processor time of each {rollcall:.0} µs in rollcall, {postgres:.0} µs in \
             PostgreSQL, {generator:.0} µs in wrk; {pgbench:.0}/s"
        );
        row(&what, &measured);
    }
}

fn used(rollcall: &Rollcall, postmaster: u32) -> Result<Used> {
    let mut postgres = processor_time(postmaster)? + of_ended_children(postmaster)?;
    for entry in fs::read_dir("/proc")? {
        let pid = entry?.file_name().to_str().and_then(|name| name.parse().ok());
        // A process may end meanwhile.
        if let Some(pid) = pid
            && parent(pid).is_ok_and(|parent| parent == postmaster)
        {
            postgres += processor_time(pid).unwrap_or_default();
        }
    }
    let generator = of_ended_children(std::process::id())?;
    Ok(Used { rollcall: processor_time(rollcall.pid())?, postgres, generator })
}

/// The process that has started all others of the server.
fn postmaster(url: &str) -> Result<u32> {
    // The own process of this connection is gone by then, unlike the one that writes the log ahead.
    let writer = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter'";
    parent(psql(url, writer)?.trim().parse()?)
}

fn parent(pid: u32) -> Result<u32> {
    Ok(fields(pid)?.get(1).ok_or_else(|| other("no parent"))?.parse()?)
}

/// What the children have used that a process has waited for.
fn of_ended_children(pid: u32) -> Result<Duration> {
    let fields = fields(pid)?;
    let ticks = fields.iter().skip(13).take(2).map(|ticks| ticks.parse::<u64>());
    Ok(Duration::from_millis(ticks.sum::<std::result::Result<u64, _>>()? * 10))
}

/// What the system tells of a process, behind its name.
fn fields(pid: u32) -> Result<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let fields = text.rsplit(')').next().unwrap_or_default();
    Ok(fields.split_whitespace().map(str::to_owned).collect())
}

fn transactions_per_second(url: &str) -> Result<f64> {
    let (clients, seconds) = (CLIENTS.connections.to_string(), SECONDS.to_string());
    let said = pgbench(url, &["-n", "-N", "-j", "2", "-c", &clients, "-T", &seconds])?;
    let rate = said.lines().find_map(|line| line.strip_prefix("tps = "));
    let rate = rate.and_then(|rate| rate.split_whitespace().next());
    Ok(rate.ok_or_else(|| other(&said))?.parse()?)
}

fn pgbench(url: &str, arguments: &[&str]) -> Result<String> {
    let output = Command::new("pgbench").args(arguments).arg(url).output()?;
    if output.status.success() {
        Ok(String::from_utf8(output.stdout)?)
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned().into())
    }
}
