//! A PostgreSQL server that is killed while clients write.

use std::{
    sync::atomic::AtomicBool,
    thread,
    time::{Duration, Instant},
};

use super::{NO_LIMITS, PATIENCE, Writers};
use crate::harness::{End, Postgres, Server};

/// The time of writes before and after a kill.
const LOAD: Duration = Duration::from_millis(300);

/// Ways to end the database and to start it again.
type Crash = fn(&Postgres, &Server);

const CRASHES: [(&str, Crash); 3] = [
    ("a stop without a checkpoint", |postgres, server| {
        postgres.crash();
        be_away(server);
        postgres.start_again();
    }),
    ("a kill of all its processes", |postgres, server| {
        postgres.kill();
        be_away(server);
        postgres.start_again();
    }),
    ("a kill of one of its processes", |postgres, _| postgres.kill_one_connection()),
];

/// While the database is away, the service is live and not ready.
fn be_away(server: &Server) {
    let ready = server.anonymous().get("/health/ready");
    assert_eq!((ready.status, ready.header("retry-after").is_empty()), (503, false));
    assert_eq!(server.anonymous().get("/health/live").status, 200);
    assert_eq!(server.admin().get("/users/1").status, 503);
}

#[test]
fn keeps_acknowledged_writes_and_recovers_by_itself() {
    let postgres = Postgres::start();
    let server = Server::start_on_with(&postgres.url(), &NO_LIMITS);
    let mut writers = Writers::new(3);
    for (name, crash) in CRASHES.into_iter().chain(CRASHES) {
        let is_over = AtomicBool::new(false);
        let until_back = thread::scope(|scope| {
            let end = End(&is_over);
            for writer in &mut writers.all {
                let (admin, is_over) = (server.admin(), &is_over);
                scope.spawn(move || assert!(writer.write(&admin, is_over)));
            }
            thread::sleep(LOAD);
            crash(&postgres, &server);
            let (started, probe) = (Instant::now(), server.anonymous());
            while server.admin().get("/users/1").status != 200
                || probe.get("/health/ready").status != 200
            {
                assert!(started.elapsed() < PATIENCE, "the service does not come back");
            }
            let until_back = started.elapsed();
            thread::sleep(LOAD);
            drop(end);
            until_back
        });
        writers.check(&server.admin());
        println!("{name}: back after {until_back:?}");
    }
    postgres.check();
    let refused: u64 = writers.all.iter().map(|writer| writer.refused).sum();
    assert!(refused > 0);
    println!("{} acknowledged writes, {refused} refused", writers.acknowledged());
}
