//! The effect of a storm of wrong passwords on clients with valid ones.

use std::{
    io::ErrorKind,
    net::Ipv4Addr,
    sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use actix_web::rt::System;

use crate::{
    Result,
    client::{Client, basic, request},
    milliseconds, other, p99, row,
    server::{Rollcall, admin},
};

const ATTACKERS: usize = 50;
/// The addresses that the storm comes from: 127.0.0.2 and on.
const ADDRESSES: u8 = 4;
const NEWCOMERS: usize = 20;
const ROUNDS: usize = 3;
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
    let attempts = AtomicU32::new(0);
    for _ in 0..ROUNDS {
        let alone = p99(known_client(rollcall)?);
        let (beside, hashed) = during_storm(rollcall, &attempts, || known_client(rollcall))?;
        let beside = p99(beside);
        row(
            "p99 of a known client alone, and beside 50 connections of wrong passwords",
            &format!(
                "{alone:.1} ms, {beside:.1} ms ({:.1} times) and {:.0} attempts/s, {hashed} of \
                 them hashed",
                beside / alone,
                f64::from(attempts.load(Ordering::Relaxed)) / TIME.as_secs_f64(),
            ),
        );
    }
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
    let (over, hashed) = (AtomicBool::new(false), AtomicUsize::new(0));
    attempts.store(0, Ordering::Relaxed);
    let measured = thread::scope(|scope| {
        for half in 0..2 {
            let storm = Storm { rollcall, over: &over, attempts, hashed: &hashed };
            scope.spawn(move || System::new().block_on(storm.blow(half * ATTACKERS / 2)));
        }
        thread::sleep(Duration::from_millis(500));
        let measured = work();
        over.store(true, Ordering::Relaxed);
        measured
    })?;
    Ok((measured, hashed.into_inner()))
}

/// Half of the attackers, on one thread, so that they do not crowd out those they are beside.
#[derive(Clone, Copy)]
struct Storm<'a> {
    rollcall: &'a Rollcall,
    over: &'a AtomicBool,
    attempts: &'a AtomicU32,
    hashed: &'a AtomicUsize,
}

impl Storm<'_> {
    async fn blow(self, first: usize) {
        let attackers = (first..first + ATTACKERS / 2).map(|number| self.attack(number));
        futures_util::future::join_all(attackers).await;
    }

    /// Guesses on one connection as fast as the answers come, until the storm is over.
    async fn attack(self, number: usize) -> Option<()> {
        let last = 2 + u8::try_from(number).ok()? % ADDRESSES;
        let source = Some(Ipv4Addr::new(127, 0, 0, last));
        let stream = Client::connect(&self.rollcall.address, source).ok()?.into_async().ok()?;
        let mut answer = [0; 4096];
        for guess in 0_u64.. {
            if self.over.load(Ordering::Relaxed) {
                break;
            }
            let guess = basic(&format!("name{number}"), &format!("guess {guess} of {number}"));
            stream.writable().await.ok()?;
            stream.try_write(&request("GET", "/users/1", &guess, "")).ok()?;
            // An answer as short as a refusal comes in one piece.
            let length = loop {
                stream.readable().await.ok()?;
                match stream.try_read(&mut answer) {
                    Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                    read => break read.ok()?,
                }
            };
            self.attempts.fetch_add(1, Ordering::Relaxed);
            let is_401 = answer.get(..length)?.starts_with(b"HTTP/1.1 401");
            self.hashed.fetch_add(usize::from(is_401), Ordering::Relaxed);
        }
        Some(())
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
