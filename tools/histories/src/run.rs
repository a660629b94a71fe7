//! One run: sets the service up, disturbs it under load, and checks what the clients saw.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Output,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crate::{
    Result,
    audit::{self, Entry},
    check::{self, Anomaly, History},
    driver::{
        client::{Client, Shared},
        duel,
        http::Connection,
        load::{self, Crowd},
        planted::Planted,
    },
    faults::{nemesis::Targets, postgres::Postgres, replica::Replica, wire::Wire},
    options::{Options, Store},
    record::Call,
    recorder::Recorder,
    summary::Summary,
};

const REPLICAS: u8 = 3;

/// The part of the time that the duel takes.
const DUEL: u32 = 6;

/// How long a request may go on in the server after its client has given it up.
const SETTLED: Duration = Duration::from_secs(6);

/// Returns whether there were anomalies exactly if a bug was planted.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let folder = tempfile::tempdir()?;
    make_readable(folder.path())?;
    let targets = set_up(options, folder.path())?;
    let shared = Shared {
        replicas: targets.replicas.clone(),
        recorder: Recorder::new(),
        planted: Planted::new(options.planted),
    };
    let duelists = disturb(options, &targets, &shared)?;
    let (entries, verified) = read_log(&targets.replicas)?;
    let (calls, unexpected) = shared.recorder.into_history();
    if let Some(path) = &options.save {
        save(path, &calls, &entries)?;
    }
    let summary = Summary::of(&calls, &targets);
    let history = History { calls, unexpected, entries, duelists: Some(duelists) };
    let begun = Instant::now();
    let mut report = check::check(history);
    if !verified.status.success() {
        let text = String::from_utf8_lossy(&verified.stderr).into_owned();
        report.anomalies.push(Anomaly { check: "rollcall audit verify", call: None, text });
    }
    summary.print(&report, begun.elapsed());
    Ok(report.anomalies.is_empty() == options.planted.is_none())
}

fn set_up(options: &Options, folder: &Path) -> Result<Targets> {
    let binary = env::var_os("ROLLCALL").ok_or("ROLLCALL must name the binary to test")?;
    let binary = PathBuf::from(binary).canonicalize()?;
    let replica = |number: u8, url: String| -> Result<_> {
        let replica = Replica::new(&binary, folder.join(format!("replica-{number}")), url);
        replica.start()?;
        Ok(Arc::new(replica))
    };
    if options.store == Store::Sqlite {
        let url = format!("sqlite://{}/rollcall.db", folder.display());
        return Ok(Targets::new(vec![replica(1, url)?], Vec::new(), None));
    }
    let postgres = Postgres::create(folder)?;
    let (mut replicas, mut wires) = (Vec::new(), Vec::new());
    for number in 1..=REPLICAS {
        let wire = Wire::to(postgres.port)?;
        let url = format!("postgres://rollcall@127.0.0.1:{}/postgres", wire.port);
        replicas.push(replica(number, url)?);
        wires.push(wire);
    }
    Ok(Targets::new(replicas, wires, Some(postgres)))
}

/// The load, the duel, and the faults during both. Leaves the service whole.
fn disturb(options: &Options, targets: &Targets, shared: &Shared) -> Result<[i64; 2]> {
    let crowd = Crowd::create(&mut Client::new(shared))?;
    let (is_load_over, is_over) = (AtomicBool::new(false), AtomicBool::new(false));
    let duelists = thread::scope(|scope| {
        let nemeses = [
            scope.spawn(|| targets.disturb_replicas(&is_over)),
            scope.spawn(|| targets.disturb_database(&is_over)),
        ];
        let clients: Vec<_> = (0..options.clients)
            .map(|_| scope.spawn(|| load::work(shared, &crowd, &is_load_over)))
            .collect();
        thread::sleep(options.time / DUEL * (DUEL - 1));
        is_load_over.store(true, Ordering::Relaxed);
        let worked = clients.into_iter().map(joined).collect::<Result<Vec<_>>>();
        let duelists = duel::duel(shared, options.time / DUEL);
        is_over.store(true, Ordering::Relaxed);
        let disturbed = nemeses.into_iter().map(joined).collect::<Result<Vec<_>>>();
        worked.and(disturbed).and(duelists)
    })?;
    thread::sleep(SETTLED);
    load::finish(shared, &crowd)?;
    Ok(duelists)
}

fn joined<T>(thread: thread::ScopedJoinHandle<'_, Result<T>>) -> Result<T> {
    thread.join().map_err(|_| "a thread of the driver ended")?
}

/// The audit log, and what `rollcall audit verify` says of it.
fn read_log(replicas: &[Arc<Replica>]) -> Result<(Vec<Entry>, Output)> {
    let replica = replicas.first().ok_or("no replica")?;
    let address = replica.address().ok_or("no address")?;
    let entries = audit::read(&mut Connection::open(address)?)?;
    Ok((entries, replica.command().args(["audit", "verify"]).output()?))
}

fn save(path: &Path, calls: &[Call], entries: &[Entry]) -> Result<()> {
    let calls = calls.iter().map(|call| format!("{call:?}\n"));
    let entries = entries.iter().map(|entry| format!("{entry:?}\n"));
    Ok(fs::write(path, calls.chain(entries).collect::<String>())?)
}

/// Lets the owner of PostgreSQL reach its folder.
fn make_readable(folder: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?)
}
