//! What hashing costs, and what refusals take.

use std::{
    sync::atomic::{AtomicU32, AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use crate::{
    COST, Result,
    client::{Client, basic},
    median, milliseconds, other, row,
    server::{Rollcall, admin},
};

const TIME: Duration = Duration::from_secs(10);
const CONNECTIONS: usize = 8;
const TRIES: usize = 200;

/// Measures creates against what the cores can hash, the first request after a password change
/// against one hash, and the four kinds of refusal against each other.
pub(crate) fn measure(rollcall: &Rollcall) -> Result<()> {
    let mut maker = connect(rollcall)?;
    let body = r#"{"value":{"password":"correct horse battery"}}"#;
    expect(maker.send("PUT", "/api/v1/users/disabled", &admin(), body)?, 201)?;
    let disable = r#"{"userInfo":{"status":"DISABLED"}}"#;
    expect(maker.send("PATCH", "/users/2", &admin(), disable)?, 200)?;
    let cores = thread::available_parallelism()?.get();
    let limit =
        rate(cores, || bcrypt::hash("correct horse battery", COST).map(drop).map_err(Into::into))?;
    let one_hash = 1000.0 * cores_as_f64(cores) / limit;
    let made = AtomicUsize::new(0);
    let creates = rate(CONNECTIONS, || {
        let number = made.fetch_add(1, Ordering::Relaxed);
        let path = format!("/api/v1/users/made{number}");
        expect(connect(rollcall)?.send("PUT", &path, &admin(), body)?, 201)
    })?;
    row(
        "creates, 8 connections",
        &format!("{creates:.1}/s, {:.0} % of what the cores hash", 100.0 * creates / limit),
    );
    let checked = AtomicUsize::new(0);
    let known = made.into_inner();
    let verifications = rate(CONNECTIONS, || {
        let name = format!("made{}", checked.fetch_add(1, Ordering::Relaxed) % known);
        let authorization = basic(&name, "a wrong password");
        expect(connect(rollcall)?.get("/users/1", &authorization)?, 401)
    })?;
    row(
        "verifications, 8 connections",
        &format!(
            "{verifications:.1}/s, {:.0} % of what the cores hash",
            100.0 * verifications / limit
        ),
    );
    first_after_change(rollcall, one_hash)?;
    refusals(rollcall)
}

fn connect(rollcall: &Rollcall) -> Result<Client> {
    Ok(Client::connect(&rollcall.address, None)?)
}

fn cores_as_f64(cores: usize) -> f64 {
    u32::try_from(cores).map_or(1.0, f64::from)
}

/// How often a second `work` is done by `threads` at once.
fn rate(threads: usize, work: impl Fn() -> Result<()> + Sync) -> Result<f64> {
    let done = AtomicU32::new(0);
    let begun = Instant::now();
    let failed = thread::scope(|scope| {
        let (done, work) = (&done, &work);
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(move || {
                    while begun.elapsed() < TIME {
                        if let Err(error) = work() {
                            return Some(error.to_string());
                        }
                        done.fetch_add(1, Ordering::Relaxed);
                    }
                    None
                })
            })
            .collect();
        workers.into_iter().find_map(|worker| worker.join().unwrap_or_default())
    });
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(f64::from(done.into_inner()) / begun.elapsed().as_secs_f64()),
    }
}

/// The longest that any of 16 clients waits who ask together with a password just set.
fn first_after_change(rollcall: &Rollcall, one_hash: f64) -> Result<()> {
    let mut times = Vec::new();
    for round in 0..5 {
        let password = format!("changed for round {round}");
        let body = format!(r#"{{"value":{{"password":"{password}"}}}}"#);
        let mut changer = Client::connect(&rollcall.address, None)?;
        expect(changer.send("PATCH", "/api/v1/users/made0", &admin(), &body)?, 200)?;
        let authorization = basic("made0", &password);
        let clients = (0..16).map(|_| Client::connect(&rollcall.address, None));
        let clients: Vec<_> = clients.collect::<std::io::Result<_>>()?;
        let begun = Instant::now();
        let answered = thread::scope(|scope| {
            let asking: Vec<_> = clients
                .into_iter()
                .map(|mut client| {
                    let authorization = &authorization;
                    scope.spawn(move || client.get("/api/v1/users/made0", authorization).ok())
                })
                .collect();
            asking.into_iter().all(|run| run.join().ok().flatten() == Some(200))
        });
        if !answered {
            return Err(other("a request after a password change failed").into());
        }
        times.push(milliseconds(begun.elapsed()));
    }
    let slowest = median(times);
    row(
        "16 requests at once after a password change, until the last is answered",
        &format!("{slowest:.0} ms, {:.2} times one hash ({one_hash:.0} ms)", slowest / one_hash),
    );
    Ok(())
}

/// The medians of the refusals of an unknown name, a wrong password, an empty one, and a disabled
/// user, tried in turns.
fn refusals(rollcall: &Rollcall) -> Result<()> {
    let mut client = Client::connect(&rollcall.address, None)?;
    let kinds = [
        ("unknown name", basic("absent", "a wrong password")),
        ("wrong password", basic("made0", "a wrong password")),
        ("empty password", basic("made0", "")),
        ("disabled user", basic("disabled", "correct horse battery")),
    ];
    let mut times = vec![Vec::new(); kinds.len()];
    for _ in 0..TRIES {
        for ((_, authorization), times) in kinds.iter().zip(&mut times) {
            let sent = Instant::now();
            expect(client.get("/users/1", authorization)?, 401)?;
            times.push(milliseconds(sent.elapsed()));
        }
    }
    let medians: Vec<_> = times.into_iter().map(median).collect();
    let (least, most) = medians
        .iter()
        .fold((f64::MAX, 0.0_f64), |(least, most), median| (least.min(*median), most.max(*median)));
    let shown: Vec<_> = kinds
        .iter()
        .zip(&medians)
        .map(|((kind, _), median)| format!("{kind} {median:.1} ms"))
        .collect();
    row(
        &format!("medians of {TRIES} refusals of each kind"),
        &format!("{}: {:.1} % apart", shown.join(", "), 100.0 * (most / least - 1.0)),
    );
    Ok(())
}

fn expect(status: u16, expected: u16) -> Result<()> {
    if status == expected { Ok(()) } else { Err(format!("{status} instead of {expected}").into()) }
}
