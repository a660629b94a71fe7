//! What a storm of wrong passwords does to those who have the right ones.

use std::{
    net::Ipv4Addr,
    sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use crate::{
    Result,
    client::{Client, basic},
    milliseconds, other, p99, row,
    server::{Rollcall, admin},
};

const ATTACKERS: usize = 50;
/// The addresses that the storm comes from: 127.0.0.2 and on.
const ADDRESSES: u8 = 4;
const NEWCOMERS: usize = 20;
const TIME: Duration = Duration::from_secs(8);

/// Measures a client that is known already, alone and beside a storm, and users who log in for the
/// first time beside one.
pub(crate) fn measure(rollcall: &Rollcall) -> Result<()> {
    let mut maker = Client::connect(&rollcall.address, None)?;
    for number in 0..NEWCOMERS {
        let body = format!(r#"{{"value":{{"password":"{}"}}}}"#, password(number));
        let path = format!("/api/v1/users/newcomer{number}");
        if maker.send("PUT", &path, &admin(), &body)? != 201 {
            return Err(other("a user was not made").into());
        }
    }
    let alone = known_client(rollcall)?;
    let attempts = AtomicU32::new(0);
    let (beside, refused) = during_storm(rollcall, &attempts, || known_client(rollcall))?;
    row(
        "p99 of a known client alone, and beside 50 connections of wrong passwords",
        &format!(
            "{:.1} ms, {:.1} ms ({:.1} times) and {:.0} attempts/s, {refused} of them hashed",
            p99(alone.clone()),
            p99(beside.clone()),
            p99(beside) / p99(alone),
            f64::from(attempts.load(Ordering::Relaxed)) / TIME.as_secs_f64(),
        ),
    );
    let (times, _) = during_storm(rollcall, &attempts, || newcomers(rollcall))?;
    let slowest = times.iter().copied().fold(0.0, f64::max);
    row(
        "first login of 20 users beside the same storm, all answered",
        &format!("p50 {:.0} ms, slowest {slowest:.0} ms", crate::median(times)),
    );
    Ok(())
}

fn password(number: usize) -> String {
    format!("the password of newcomer {number}")
}

/// Does `work` while the storm blows; returns what it measured and how many attempts were hashed.
fn during_storm(
    rollcall: &Rollcall,
    attempts: &AtomicU32,
    work: impl FnOnce() -> Result<Vec<f64>>,
) -> Result<(Vec<f64>, usize)> {
    let (over, refused) = (AtomicBool::new(false), AtomicUsize::new(0));
    attempts.store(0, Ordering::Relaxed);
    let measured = thread::scope(|scope| {
        for number in 0..ATTACKERS {
            let (over, refused) = (&over, &refused);
            scope.spawn(move || attack(rollcall, number, over, attempts, refused));
        }
        thread::sleep(Duration::from_millis(500));
        let measured = work();
        over.store(true, Ordering::Relaxed);
        measured
    })?;
    Ok((measured, refused.into_inner()))
}

fn attack(
    rollcall: &Rollcall,
    number: usize,
    over: &AtomicBool,
    attempts: &AtomicU32,
    refused: &AtomicUsize,
) {
    let last = 2 + u8::try_from(number).unwrap_or_default() % ADDRESSES;
    let source = Some(Ipv4Addr::new(127, 0, 0, last));
    let Ok(mut client) = Client::connect(&rollcall.address, source) else { return };
    for guess in 0_u64.. {
        if over.load(Ordering::Relaxed) {
            break;
        }
        let authorization = basic(&format!("name{number}"), &format!("guess {guess} of {number}"));
        let Ok(status) = client.get("/users/1", &authorization) else { break };
        attempts.fetch_add(1, Ordering::Relaxed);
        refused.fetch_add(usize::from(status == 401), Ordering::Relaxed);
    }
}

/// The latencies of one client's requests, paced at about 100 a second. Every one must succeed.
fn known_client(rollcall: &Rollcall) -> Result<Vec<f64>> {
    let mut client = Client::connect(&rollcall.address, None)?;
    let mut times = Vec::new();
    let begun = Instant::now();
    while begun.elapsed() < TIME {
        let sent = Instant::now();
        expect_200(client.get("/users/1", &admin())?)?;
        times.push(milliseconds(sent.elapsed()));
        thread::sleep(Duration::from_millis(10));
    }
    Ok(times)
}

/// The latencies of the first logins of users, one after the other.
fn newcomers(rollcall: &Rollcall) -> Result<Vec<f64>> {
    let mut client = Client::connect(&rollcall.address, None)?;
    let mut times = Vec::new();
    for number in 0..NEWCOMERS {
        let name = format!("newcomer{number}");
        let sent = Instant::now();
        let path = format!("/api/v1/users/{name}");
        expect_200(client.get(&path, &basic(&name, &password(number)))?)?;
        times.push(milliseconds(sent.elapsed()));
    }
    Ok(times)
}

fn expect_200(status: u16) -> Result<()> {
    if status == 200 { Ok(()) } else { Err(format!("a rightful request got {status}").into()) }
}
