//! Requests a second, beside the bare server.

use std::{fmt::Write as _, io::Write as _, process::Command};

use tempfile::NamedTempFile;

use crate::{
    Result,
    client::{Client, basic},
    median, other, row,
    server::{BareServer, Rollcall, admin},
    session::Session,
};

pub(crate) const ROUNDS: usize = 3;
/// Who sends a load: so many connections, by two threads.
pub(crate) const CLIENTS: Clients = Clients { connections: 64, threads: 2 };

/// One request of a load: its path and its headers.
pub(crate) struct Load {
    path: String,
    headers: Vec<(&'static str, String)>,
}

/// Who sends a load.
#[derive(Clone, Copy)]
pub(crate) struct Clients {
    pub(crate) connections: usize,
    pub(crate) threads: usize,
}

/// What wrk says of one run.
pub(crate) struct Run {
    pub(crate) per_second: f64,
    pub(crate) requests: f64,
    p50: String,
    p99: String,
}

/// Measures each kind of credentials, on the store that the binary is on.
pub(crate) fn measure(bare: &BareServer, rollcall: &Rollcall, store: &str) -> Result<()> {
    for path in ["/users/1", "/api/v1/users/admin"] {
        let load = || Ok(vec![with_basic(path, admin())]);
        beside(
            &format!("{store}: `GET {path}`, Basic, known, 64 connections"),
            bare,
            rollcall,
            load,
        )?;
    }
    let session = Session::begin(rollcall)?;
    for path in ["/users/1", "/api/v1/users/admin"] {
        // Each run signs again, because signatures expire.
        let load = || Ok(vec![Load::new(path, session.sign_get(path)?)]);
        beside(&format!("{store}: `GET {path}`, signed, 64 connections"), bare, rollcall, load)?;
    }
    let clients = clients(rollcall)?;
    let load = || {
        Ok(clients
            .iter()
            .map(|(path, credentials)| with_basic(path, credentials.clone()))
            .collect())
    };
    let what = format!("{store}: `GET /api/v1/users/{{user}}`, Basic, known, 64 users at once");
    beside(&what, bare, rollcall, load)
}

impl Load {
    pub(crate) fn new(path: &str, headers: Vec<(&'static str, String)>) -> Self {
        Self { path: path.to_owned(), headers }
    }
}

pub(crate) fn with_basic(path: &str, authorization: String) -> Load {
    Load::new(path, vec![("Authorization", authorization)])
}

/// Makes users and lets each log in; returns their paths and credentials.
fn clients(rollcall: &Rollcall) -> Result<Vec<(String, String)>> {
    let mut maker = Client::connect(&rollcall.address, None)?;
    let mut clients = Vec::new();
    for number in 0..CLIENTS.connections {
        let (name, password) = (format!("client{number}"), format!("the password of {number}"));
        let path = format!("/api/v1/users/{name}");
        let body = format!(r#"{{"value":{{"password":"{password}"}}}}"#);
        let made = maker.send("PUT", &path, &admin(), &body)?;
        let authorization = basic(&name, &password);
        if made != 201 || maker.get(&path, &authorization)? != 200 {
            return Err(other("a user was not made").into());
        }
        clients.push((path, authorization));
    }
    Ok(clients)
}

/// Runs bare server and binary in turns with the same load, and prints the binary's share.
fn beside(
    what: &str,
    bare: &BareServer,
    rollcall: &Rollcall,
    load: impl Fn() -> Result<Vec<Load>>,
) -> Result<()> {
    let (mut shares, mut runs, mut limits) = (Vec::new(), Vec::new(), Vec::new());
    wrk(&rollcall.address, &load()?, CLIENTS, 1)?;
    for _ in 0..ROUNDS {
        let load = load()?;
        let limit = wrk(&bare.address, &load, CLIENTS, 4)?.per_second;
        let run = wrk(&rollcall.address, &load, CLIENTS, 4)?;
        shares.push(run.per_second / limit);
        limits.push(limit);
        runs.push(run);
    }
    runs.sort_by(|left, right| left.per_second.total_cmp(&right.per_second));
    let Run { per_second, p50, p99, .. } = &runs[ROUNDS / 2];
    let (share, limit) = (100.0 * median(shares), median(limits));
    let measured = format!(
        "{share:.0} % of the bare handler ({per_second:.0}/s of {limit:.0}/s), p50 {p50}, p99 {p99}"
    );
    row(what, &measured);
    Ok(())
}

/// Sends the load in turns.
pub(crate) fn wrk(address: &str, load: &[Load], clients: Clients, seconds: u32) -> Result<Run> {
    wrk_by(&script(load)?, address, clients, seconds)
}

/// Sends what a script for wrk makes.
pub(crate) fn wrk_by(script: &str, address: &str, clients: Clients, seconds: u32) -> Result<Run> {
    let mut file = NamedTempFile::new()?;
    file.write_all(script.as_bytes())?;
    let Clients { connections, threads } = clients;
    let duration = format!("-d{seconds}s");
    let output = Command::new("wrk")
        .args([&format!("-t{threads}"), &format!("-c{connections}"), &duration])
        .args(["--latency", "-s"])
        .arg(file.path())
        .arg(format!("http://{address}"))
        .output()
        .map_err(|error| other(&format!("wrk (apt-get install wrk): {error}")))?;
    let text = String::from_utf8(output.stdout)?;
    if text.contains("Non-2xx") {
        return Err(other(&text).into());
    }
    let after = |label: &str| {
        let line = text.lines().find_map(|line| line.trim().strip_prefix(label));
        line.map(|rest| rest.trim().to_owned()).ok_or_else(|| other(&text))
    };
    let requests = text.lines().find_map(|line| line.trim().split_once(" requests in "));
    let (requests, _) = requests.ok_or_else(|| other(&text))?;
    Ok(Run {
        per_second: after("Requests/sec:")?.parse()?,
        requests: requests.parse()?,
        p50: after("50%")?,
        p99: after("99%")?,
    })
}

/// A script for wrk that sends requests made beforehand, one after the other.
pub(crate) fn script(load: &[Load]) -> Result<String> {
    let mut script = "local made, next = {}, 0\nfunction init()\n".to_owned();
    for Load { path, headers } in load {
        let headers = headers.iter().map(|(name, value)| format!("[{name:?}] = {value:?}"));
        let headers = headers.collect::<Vec<_>>().join(", ");
        writeln!(script, "table.insert(made, wrk.format('GET', {path:?}, {{{headers}}}))")?;
    }
    script += "end\nfunction request()\nnext = next % #made + 1\nreturn made[next]\nend\n";
    Ok(script)
}
