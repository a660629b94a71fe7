//! Servers that are killed while clients write.

use std::{sync::atomic::AtomicBool, thread};

use super::{NO_LIMITS, Writers, check_file, own_address, pause, settle};
use crate::{
    harness::{ADMIN_PASSWORD, End, Process, Server, rollcall},
    import::Place,
};

/// The number of kills.
const KILLS: usize = 24;
const REPLICA_KILLS: usize = 8;

/// The longest time of writes before each kill, in milliseconds.
const LOAD: usize = 250;

fn start() -> (Server, Vec<String>) {
    let mut arguments = vec![format!("--listen={}", own_address())];
    arguments.extend(NO_LIMITS.map(str::to_owned));
    (Server::start_with(&texts(&arguments)), arguments)
}

fn texts(arguments: &[String]) -> Vec<&str> {
    arguments.iter().map(String::as_str).collect()
}

#[test]
fn keeps_acknowledged_writes_across_repeated_kills() {
    let (mut server, arguments) = start();
    let (mut writers, mut in_doubt, never) = (Writers::new(4), 0, AtomicBool::new(false));
    let mut kill = 0;
    // A busy machine acknowledges few writes between two kills.
    while kill < KILLS || writers.acknowledged() <= 100 {
        assert!(kill < 10 * KILLS, "{} writes were acknowledged", writers.acknowledged());
        thread::scope(|scope| {
            for writer in &mut writers.all {
                let admin = server.admin();
                let never = &never;
                scope.spawn(move || assert!(!writer.write(&admin, never)));
            }
            pause(LOAD);
            server.kill();
        });
        in_doubt += writers.in_doubt();
        if kill % 3 == 0 {
            // Also during a start, while it recovers the store.
            let mut command = rollcall(server.folder(), &texts(&arguments));
            // The default cost would raise the store's cost permanently.
            let starting = Process::start(command.arg("--bcrypt-cost=4"));
            pause(60);
            drop(starting);
        }
        settle(&server);
        server.start_again(&texts(&arguments));
        check_file(&server);
        writers.check(&server.admin());
        kill += 1;
    }
    let acknowledged = writers.acknowledged();
    println!("{kill} kills, {acknowledged} acknowledged writes, {in_doubt} in flight");
}

#[test]
fn keeps_acknowledged_writes_when_one_of_two_servers_dies() {
    let (mut victim, arguments) = start();
    let mut other = arguments.clone();
    other[0] = format!("--listen={}", own_address());
    let survivor = victim.replica_with(&texts(&other));
    let mut writers = Writers::new(4);
    for _ in 0..REPLICA_KILLS {
        let is_over = AtomicBool::new(false);
        thread::scope(|scope| {
            let end = End(&is_over);
            for (number, writer) in writers.all.iter_mut().enumerate() {
                let (is_over, is_victims) = (&is_over, number % 2 == 0);
                let admin = if is_victims { victim.admin() } else { survivor.admin() };
                scope.spawn(move || assert!(writer.write(&admin, is_over) || is_victims));
            }
            pause(LOAD);
            victim.kill();
            pause(LOAD);
            drop(end);
        });
        settle(&survivor);
        writers.check(&survivor.admin());
        victim.start_again(&texts(&arguments));
        check_file(&victim);
    }
    writers.check(&victim.admin());
    println!("{REPLICA_KILLS} kills, {} acknowledged writes", writers.acknowledged());
}

#[test]
fn a_killed_first_start_does_not_block_the_next_start() {
    let place = Place::new();
    for milliseconds in (0..60).step_by(5) {
        let mut command = place.command(&["--listen=127.0.0.1:0", "--bcrypt-cost=4"]);
        command.env("ROLLCALL_ADMIN_PASSWORD", ADMIN_PASSWORD);
        let starting = Process::start(command.arg("--admin-name=root"));
        thread::sleep(std::time::Duration::from_millis(milliseconds));
        drop(starting);
    }
    let server = place.server();
    check_file(&server);
    assert_eq!(server.admin().get("/users").json()["userList"]["users"][0]["name"], "root");
}
