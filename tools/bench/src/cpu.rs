//! The processor time of one request on SQLite, beside the bare handler's for the same request.
//!
//! Throughput depends on what else the machine does. User and system time of the server's process
//! divided by the answered requests depends on that much less.

use std::{env, process::Command};

use tempfile::TempDir;

use crate::{
    Result,
    costs::processor_time,
    median, other, page_cost, row,
    scale::{people, writes},
    server::{BareServer, Rollcall, admin, binary, binary_at},
    session::Session,
    throughput::{CLIENTS, Load, ROUNDS, script, with_basic, wrk_by},
};

/// How many users there are, with the admin. All are cached.
const USERS: u32 = 10_000;

const SECONDS: u32 = 2;

/// Nothing here measures hashing.
const COST: u32 = 4;

/// A prime that scatters the requests over the ids.
const STEP: u32 = 7_919;

/// One kind of request.
#[derive(Clone, Copy)]
enum Kind {
    /// `GET` of this path with Basic credentials of the admin.
    Basic(&'static str),
    /// `GET` of this path, signed.
    Signed(&'static str),
    /// `GET` of one of all users by the admin.
    Scattered,
    /// `PATCH` of one of all users by the admin.
    Change,
}

/// A build of rollcall, on a store of its own.
struct Build {
    name: String,
    rollcall: Rollcall,
    session: Session,
    folder: TempDir,
}

/// What was measured of one kind of request with one build.
#[derive(Default)]
struct Figures {
    times: Vec<f64>,
    ratios: Vec<f64>,
}

/// Every kind, by what its row says.
const KINDS: [(&str, Kind); 8] = [
    ("`GET /users/1` by its own user, Basic", Kind::Basic("/users/1")),
    ("`GET /api/v1/users/admin` by its own user, Basic", Kind::Basic("/api/v1/users/admin")),
    ("`GET /users/1` by its own user, signed", Kind::Signed("/users/1")),
    ("`GET /users/2` by an admin, Basic", Kind::Basic("/users/2")),
    ("`GET /users/{userId}` of 10,000 users by an admin, Basic", Kind::Scattered),
    ("`GET /users/me`, Basic", Kind::Basic("/users/me")),
    ("`GET /auth/verify`, Basic", Kind::Basic("/auth/verify")),
    ("`PATCH /users/{userId}` with another email by an admin", Kind::Change),
];

/// Measures the binary, and these others in turns with it.
pub(crate) fn measure(others: impl Iterator<Item = String>) -> Result<()> {
    let bare = BareServer::start()?;
    let mut builds = vec![Build::start("rollcall".to_owned(), binary)?];
    for path in others {
        builds.push(Build::start(path.clone(), || binary_at(path.as_ref()))?);
    }
    let Build { rollcall, folder, .. } = &builds[0];
    page_cost::measure(rollcall, folder.path(), USERS)?;
    KINDS.iter().try_for_each(|(what, kind)| compare(what, *kind, &bare, &builds))
}

/// Runs the bare handler and each build in turns.
fn compare(what: &str, kind: Kind, bare: &BareServer, builds: &[Build]) -> Result<()> {
    let (mut limits, mut figures) = (Vec::new(), Vec::new());
    figures.resize_with(builds.len(), Figures::default);
    for round in 0..=rounds()? {
        let script = kind.script(&builds[0].session)?;
        let limit = each(bare.pid(), &bare.address, &script)?;
        limits.push(limit);
        for (build, figures) in builds.iter().zip(&mut figures) {
            let script = kind.script(&build.session)?;
            let time = each(build.rollcall.pid(), &build.rollcall.address, &script)?;
            // The first round fills the caches.
            if round > 0 {
                figures.times.push(time);
                figures.ratios.push(time / limit);
            }
        }
    }
    let measured = builds.iter().zip(figures).map(|(build, figures)| {
        let (time, ratio) = (median(figures.times), median(figures.ratios));
        let name = if builds.len() > 1 { &build.name } else { "" };
        format!("{name} {time:.1} µs, {ratio:.2} times")
    });
    let measured = measured.collect::<Vec<_>>().join("; ");
    let limit = median(limits);
    row(
        &format!("SQLite: processor time of {what}; the bare handler's"),
        &format!("{}; {limit:.1} µs", measured.trim()),
    );
    Ok(())
}

/// The microseconds of processor time that the process takes for each request.
pub(crate) fn each(pid: u32, address: &str, script: &str) -> Result<f64> {
    let before = processor_time(pid)?;
    let run = wrk_by(script, address, CLIENTS, SECONDS)?;
    let used = processor_time(pid)?.saturating_sub(before);
    Ok(used.as_secs_f64() * 1e6 / run.requests)
}

/// As many rounds as `ROUNDS` says, if it is set.
fn rounds() -> Result<usize> {
    env::var("ROUNDS").map_or(Ok(ROUNDS), |rounds| Ok(rounds.parse()?))
}

impl Kind {
    /// A script for wrk. Signatures expire, so each run has its own.
    fn script(self, session: &Session) -> Result<String> {
        match self {
            Self::Basic(path) => script(&[with_basic(path, admin())]),
            Self::Signed(path) => script(&[Load::new(path, session.sign_get(path)?)]),
            Self::Scattered => {
                let ids = (0..USERS).map(|number| 1 + number * STEP % USERS);
                let load: Vec<_> =
                    ids.map(|id| with_basic(&format!("/users/{id}"), admin())).collect();
                script(&load)
            }
            Self::Change => Ok(writes::change(USERS)),
        }
    }
}

impl Build {
    /// Starts what `command` makes, after an import.
    fn start(name: String, command: impl Fn() -> Result<Command>) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let files = people::write(folder.path(), USERS)?;
        drop(Rollcall::start_by(command()?, folder.path(), COST)?);
        let import =
            command()?.current_dir(folder.path()).arg("import").arg(&files.lines).output()?;
        if !import.status.success() {
            return Err(other(&String::from_utf8_lossy(&import.stderr)).into());
        }
        let rollcall = Rollcall::start_by(command()?, folder.path(), COST)?;
        let session = Session::begin(&rollcall)?;
        Ok(Self { name, rollcall, session, folder })
    }
}
