//! The same on PostgreSQL with a million users, and three processes on one database beside one.

use std::{env, thread};

use crate::{
    COST, Result, costs, median, other, row,
    server::{BareServer, Rollcall, admin},
    throughput::{self, Clients, ROUNDS, with_basic, wrk},
};

/// The server to measure with; `scripts/with-postgres` names a new one.
pub(crate) const SERVER: &str = "ROLLCALL_TEST_POSTGRES";

/// How many users there are beside the admin.
const USERS: u32 = 1_000_000;

const REPLICAS: usize = 3;

/// How many connections each of them has at once: as many as one had before, and a third.
const CONNECTIONS_OF_EACH: [usize; 2] = [64, 21];

/// Measures everything that needs PostgreSQL; without a server it says so.
pub(crate) fn measure() -> Result<()> {
    let Ok(server) = env::var(SERVER) else {
        row("PostgreSQL", "not measured: run this by scripts/with-postgres");
        return Ok(());
    };
    let url = format!("{server}/postgres");
    let first = Rollcall::start_on(&url, COST)?;
    costs::fill(&url, USERS)?;
    throughput::measure(&BareServer::start()?, &first, "PostgreSQL")?;
    costs::measure(&first, &url)?;
    let others =
        (1..REPLICAS).map(|_| Rollcall::start_on(&url, COST)).collect::<Result<Vec<_>>>()?;
    let replicas: Vec<&Rollcall> = [&first].into_iter().chain(&others).collect();
    CONNECTIONS_OF_EACH.into_iter().try_for_each(|connections| compare(&replicas, connections))
}

/// Loads one replica, and then all of them with as many connections and threads in total, so that
/// the clients use the same share of the processors.
fn compare(replicas: &[&Rollcall], connections: usize) -> Result<()> {
    let first = replicas.first().ok_or_else(|| other("no replica"))?;
    let of_each = Clients { connections, threads: 1 };
    let of_one = Clients { connections: REPLICAS * connections, threads: REPLICAS };
    load(replicas, of_each, 1)?;
    let (mut ratios, mut alone, mut together) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let one = load(&[first], of_one, 4)?;
        let all = load(replicas, of_each, 4)?;
        ratios.push(all / one);
        alone.push(one);
        together.push(all);
    }
    let (ratio, one, all) = (median(ratios), median(alone), median(together));
    let what = format!(
        "PostgreSQL: `GET /users/1`, Basic, known, on {REPLICAS} replicas beside one, \
         {} connections",
        of_one.connections
    );
    row(&what, &format!("{ratio:.2} times ({all:.0}/s in total, {one:.0}/s)"));
    Ok(())
}

/// Requests a second in total, by so many clients of each.
fn load(replicas: &[&Rollcall], clients: Clients, seconds: u32) -> Result<f64> {
    thread::scope(|scope| {
        let runs: Vec<_> = replicas
            .iter()
            .map(|replica| {
                let address = replica.address.clone();
                scope.spawn(move || {
                    let load = [with_basic("/users/1", admin())];
                    wrk(&address, &load, clients, seconds).map_err(|error| error.to_string())
                })
            })
            .collect();
        runs.into_iter()
            .map(|run| Ok(run.join().map_err(|_| other("wrk was lost"))??.per_second))
            .sum()
    })
}
