//! The effect of a storm of wrong passwords on clients with valid ones.

use std::{
    io::ErrorKind,
    net::Ipv4Addr,
    ops::RangeFrom,
    sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use actix_web::rt::{System, time::sleep};

use crate::{
    Result,
    client::{Client, basic, request, request_with},
    milliseconds, other, p99, row,
    server::{Rollcall, admin},
};

const ATTACKERS: usize = 50;
/// The addresses that the storm comes from: 127.0.0.2 and on.
const ADDRESSES: u8 = 4;
const NEWCOMERS: usize = 20;
const ROUNDS: usize = 3;
const TIME: Duration = Duration::from_secs(8);
/// The pause of an attacker whose connection was closed.
const RECONNECTION: Duration = Duration::from_millis(1);

/// The networks of 64 bits that a storm behind a proxy comes from.
const NETWORKS: u64 = 256;

/// Where a storm comes from.
#[derive(Clone, Copy)]
pub(crate) enum Origins {
    /// A few addresses that connect.
    Addresses,
    /// Many networks behind a proxy, which the server trusts.
    Networks,
}

/// Who is loaded and attacked.
pub(crate) struct Target<'a> {
    pub(crate) address: String,
    /// A read of the client with valid credentials.
    pub(crate) path: String,
    pub(crate) authorization: String,
    /// The bytes of a request with a wrong password, by attacker and number.
    pub(crate) guess: Box<dyn Fn(usize, u64) -> Vec<u8> + Sync + 'a>,
}

/// What was measured beside a storm.
pub(crate) struct Beside<T> {
    pub(crate) measured: T,
    attempts: u32,
    hashed: usize,
}

/// Measures a client that is known already, alone and beside a storm, and users who log in for the
/// first time beside one.
pub(crate) fn measure(rollcall: &Rollcall, origins: Origins) -> Result<()> {
    let mut maker = Client::connect(&rollcall.address, None)?;
    for number in 0..NEWCOMERS {
        let body = format!(r#"{{"value":{{"password":"{}"}}}}"#, password(number));
        let path = format!("/api/v1/users/newcomer{number}");
        if maker.send("PUT", &path, &admin(), &body)? != 201 {
            return Err(other("a user was not made").into());
        }
    }
    let target = target(rollcall, origins);
    let from = match origins {
        Origins::Addresses => format!("{ADDRESSES} addresses"),
        Origins::Networks => format!("{NETWORKS} networks"),
    };
    for _ in 0..ROUNDS {
        let alone = p99(known_client(&target)?);
        let Beside { measured, attempts, hashed } = during(&target, || known_client(&target))?;
        let beside = p99(measured);
        row(
            &format!(
                "p99 of a known client alone, and beside {ATTACKERS} connections of wrong \
                 passwords from {from}"
            ),
            &format!(
                "{alone:.1} ms, {beside:.1} ms ({:.1} times) and {:.0} attempts/s, {hashed} of \
                 them hashed",
                beside / alone,
                f64::from(attempts) / TIME.as_secs_f64(),
            ),
        );
    }
    let times = during(&target, || newcomers(rollcall))?.measured;
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

/// The admin as the known client, and guesses at names that no user has.
fn target(rollcall: &Rollcall, origins: Origins) -> Target<'_> {
    Target {
        address: rollcall.address.clone(),
        path: "/users/1".to_owned(),
        authorization: admin(),
        guess: Box::new(move |number, guess| {
            let network = guess % NETWORKS;
            let guess = basic(&format!("name{number}"), &format!("guess {guess} of {number}"));
            match origins {
                Origins::Addresses => request("GET", "/users/1", &guess, ""),
                Origins::Networks => {
                    let address = format!("2001:db8:bad:{network:x}::1");
                    let fields = [("authorization", &*guess), ("x-forwarded-for", &*address)];
                    request_with(&fields, "GET", "/users/1", "")
                }
            }
        }),
    }
}

/// Does `work` while the storm blows.
pub(crate) fn during<T>(target: &Target, work: impl FnOnce() -> Result<T>) -> Result<Beside<T>> {
    let (over, attempts) = (AtomicBool::new(false), AtomicU32::new(0));
    let hashed = AtomicUsize::new(0);
    let measured = thread::scope(|scope| {
        for half in 0..2 {
            let storm = Storm { target, over: &over, attempts: &attempts, hashed: &hashed };
            scope.spawn(move || System::new().block_on(storm.blow(half * ATTACKERS / 2)));
        }
        thread::sleep(Duration::from_millis(500));
        let measured = work();
        over.store(true, Ordering::Relaxed);
        measured
    })?;
    Ok(Beside { measured, attempts: attempts.into_inner(), hashed: hashed.into_inner() })
}

/// Half of the attackers, on one thread, so that they do not crowd out those they are beside.
#[derive(Clone, Copy)]
struct Storm<'a> {
    target: &'a Target<'a>,
    over: &'a AtomicBool,
    attempts: &'a AtomicU32,
    hashed: &'a AtomicUsize,
}

impl Storm<'_> {
    async fn blow(self, first: usize) {
        let attackers = (first..first + ATTACKERS / 2).map(|number| self.attack(number));
        futures_util::future::join_all(attackers).await;
    }

    /// Guesses until the storm is over. Some servers close a connection after a thousand requests.
    async fn attack(self, number: usize) {
        let mut guesses = 0_u64..;
        while !self.over.load(Ordering::Relaxed) {
            if self.attack_by_one_connection(number, &mut guesses).await.is_none() {
                sleep(RECONNECTION).await;
            }
        }
    }

    /// Guesses as fast as the answers come, until the connection is closed or the storm is over.
    async fn attack_by_one_connection(
        self,
        number: usize,
        guesses: &mut RangeFrom<u64>,
    ) -> Option<()> {
        let last = 2 + u8::try_from(number).ok()? % ADDRESSES;
        let source = Some(Ipv4Addr::new(127, 0, 0, last));
        let stream = Client::connect(&self.target.address, source).ok()?.into_async().ok()?;
        let mut answer = [0; 4096];
        while !self.over.load(Ordering::Relaxed) {
            let request = (self.target.guess)(number, guesses.next()?);
            stream.writable().await.ok()?;
            stream.try_write(&request).ok()?;
            // An answer as short as a refusal comes in one piece.
            let length = loop {
                stream.readable().await.ok()?;
                match stream.try_read(&mut answer) {
                    Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                    read => break read.ok()?,
                }
            };
            let is_401 = answer
                .get(..length)
                .filter(|answer| !answer.is_empty())?
                .starts_with(b"HTTP/1.1 401");
            self.attempts.fetch_add(1, Ordering::Relaxed);
            self.hashed.fetch_add(usize::from(is_401), Ordering::Relaxed);
        }
        Some(())
    }
}

/// The latencies of one client's requests, paced at about 100 a second. Every one must succeed.
pub(crate) fn known_client(target: &Target) -> Result<Vec<f64>> {
    let mut client = Client::connect(&target.address, None)?;
    let mut times = Vec::new();
    let begun = Instant::now();
    while begun.elapsed() < TIME {
        let sent = Instant::now();
        expect_200(client.get(&target.path, &target.authorization)?)?;
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
