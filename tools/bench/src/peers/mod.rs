//! Rollcall beside programs that a user could install instead, each with its own users.

mod chart;
mod peer;
mod pocketbase;
mod process;
mod rabbitmq;
mod rollcall;
mod web_servers;

use std::{
    env, fs, thread,
    time::{Duration, Instant},
};

use crate::{
    Result,
    client::Client,
    median, milliseconds, p99, storm,
    throughput::{script, with_basic, wrk_by},
};
use peer::Peer;
use process::Running;

/// The user who reads, the user whose password is guessed, and their password.
const READER: &str = "alice";
const VICTIM: &str = "bob";
const PASSWORD: &str = "correct horse battery";

const ROUNDS: usize = 3;
const SECONDS: u32 = 4;

/// The time in which a server has used no processor time once it is at rest.
const REST: Duration = Duration::from_millis(300);

/// The medians of one program.
struct Figures {
    name: String,
    reads_per_second: f64,
    /// Microseconds of processor time.
    read: f64,
    /// Milliseconds.
    alone: f64,
    /// Milliseconds.
    beside_storm: f64,
    /// Milliseconds.
    start: f64,
    /// MiB.
    memory: f64,
}

/// What was measured in the rounds, in the order of the fields of [`Figures`].
type Rounds = [Vec<f64>; 6];

/// Starts all programs, measures them in turns, and prints a table.
pub(crate) fn measure() -> Result<()> {
    let mut peers: Vec<Box<dyn Peer>> = vec![
        Box::new(rollcall::Rollcall::new()?),
        Box::new(rabbitmq::RabbitMq::new()?),
        Box::new(pocketbase::PocketBase::new()?),
        Box::new(web_servers::apache()?),
        Box::new(web_servers::nginx()?),
    ];
    let mut running = Vec::new();
    for peer in &mut peers {
        peer.set_up()?;
        running.push(start(peer.as_ref())?.0);
    }
    let mut rounds: Vec<Rounds> = peers.iter().map(|_| Rounds::default()).collect();
    for round in 0..ROUNDS {
        for ((peer, running), figures) in peers.iter().zip(&mut running).zip(&mut rounds) {
            eprintln!("round {} of {ROUNDS}: {}", round + 1, peer.name());
            let measured = one_round(peer.as_ref(), running)?;
            figures.iter_mut().zip(measured).for_each(|(figures, figure)| figures.push(figure));
        }
    }
    let names = peers.iter().map(|peer| peer.name());
    let figures: Vec<Figures> = names.zip(rounds).map(|(name, rounds)| of(name, rounds)).collect();
    print(&figures);
    let path = env::current_exe()?.with_file_name("peers.svg");
    fs::write(&path, chart::draw(&figures)?)?;
    println!("\nThe chart is in {}", path.display());
    Ok(())
}

/// Restarts the program, then loads it.
fn one_round(peer: &dyn Peer, running: &mut Running) -> Result<[f64; 6]> {
    running.end();
    let (again, started) = start(peer)?;
    *running = again;
    at_rest(running)?;
    let memory = running.memory()?;
    let target = peer.target();
    let script = script(&[with_basic(&target.path, target.authorization.clone())])?;
    let before = running.processor_time()?;
    let run = wrk_by(&script, &target.address, peer.clients(), SECONDS)?;
    let used = running.processor_time()?.saturating_sub(before);
    at_rest(running)?;
    let alone = p99(storm::known_client(&target)?);
    let storm = storm::during(&target, || storm::known_client(&target))?;
    at_rest(running)?;
    let read = used.as_secs_f64() * 1e6 / run.requests;
    Ok([run.per_second, read, alone, p99(storm.measured), milliseconds(started), memory])
}

/// Starts the program. Says how long its first answer to the reader took.
fn start(peer: &dyn Peer) -> Result<(Running, Duration)> {
    let begun = Instant::now();
    let mut running = peer.start()?;
    let target = peer.target();
    let answers = || {
        let mut client = Client::connect(&target.address, None).ok()?;
        (client.get(&target.path, &target.authorization).ok()? == 200).then_some(())
    };
    running.wait_until(|| answers().is_some())?;
    Ok((running, begun.elapsed()))
}

/// Waits until hashes that no client waits for any more are done.
fn at_rest(running: &Running) -> Result<()> {
    loop {
        let before = running.processor_time()?;
        thread::sleep(REST);
        // RabbitMQ is never quite idle.
        if running.processor_time()?.saturating_sub(before) <= REST / 5 {
            return Ok(());
        }
    }
}

fn of(name: String, rounds: Rounds) -> Figures {
    let [reads_per_second, read, alone, beside_storm, start, memory] = rounds.map(median);
    Figures { name, reads_per_second, read, alone, beside_storm, start, memory }
}

fn print(all: &[Figures]) {
    println!(
        "| program | reads a second | processor time of a read | p99 alone | \
         p99 beside the storm | start | memory at rest |\n\
         | --- | --- | --- | --- | --- | --- | --- |"
    );
    for one in all {
        let Figures { name, reads_per_second, read, alone, beside_storm, start, memory } = one;
        println!(
            "| {name} | {reads_per_second:.0} | {read:.0} µs | {alone:.1} ms | \
             {beside_storm:.1} ms | {start:.0} ms | {memory:.0} MiB |"
        );
    }
}
