//! Requests a second, beside the bare server.

use std::process::Command;

use crate::{
    Result, median, other, row,
    server::{BareServer, Rollcall, admin},
};

const ROUNDS: usize = 3;

/// What wrk says of one run.
struct Run {
    per_second: f64,
    p50: String,
    p99: String,
}

/// Runs bare server and operations in turns, and prints each one's share of the bare server beside
/// it.
pub(crate) fn measure(bare: &BareServer, rollcall: &Rollcall) -> Result<()> {
    let header = format!("Authorization: {}", admin());
    for path in ["/users/1", "/api/v1/users/admin"] {
        let url = format!("http://{}{path}", rollcall.address);
        let (mut shares, mut runs, mut limits) = (Vec::new(), Vec::new(), Vec::new());
        wrk(&url, &header, 1)?;
        for _ in 0..ROUNDS {
            let limit = wrk(&format!("http://{}/", bare.address), &header, 4)?.per_second;
            let run = wrk(&url, &header, 4)?;
            shares.push(run.per_second / limit);
            limits.push(limit);
            runs.push(run);
        }
        runs.sort_by(|left, right| left.per_second.total_cmp(&right.per_second));
        let Run { per_second, p50, p99 } = &runs[ROUNDS / 2];
        row(
            &format!("`GET {path}`, Basic, known, 64 connections"),
            &format!(
                "{:.0} % of the bare handler ({per_second:.0}/s of {:.0}/s), p50 {p50}, p99 {p99}",
                100.0 * median(shares),
                median(limits),
            ),
        );
    }
    Ok(())
}

fn wrk(url: &str, header: &str, seconds: u32) -> Result<Run> {
    let duration = format!("-d{seconds}s");
    let arguments = ["-t2", "-c64", &duration, "--latency", "-H", header, url];
    let output = Command::new("wrk").args(arguments).output();
    let output = output.map_err(|error| other(&format!("wrk (apt-get install wrk): {error}")))?;
    let text = String::from_utf8(output.stdout)?;
    if text.contains("Non-2xx") {
        return Err(other(&text).into());
    }
    let after = |label: &str| {
        let line = text.lines().find_map(|line| line.trim().strip_prefix(label));
        line.map(|rest| rest.trim().to_owned()).ok_or_else(|| other(&text))
    };
    Ok(Run { per_second: after("Requests/sec:")?.parse()?, p50: after("50%")?, p99: after("99%")? })
}
