//! The place of acknowledged changes after a stop with displaced files, and the log lines.

use super::{make, names, names_in, readiness, shell, stop};
use crate::harness::Server;

/// The line if the changes stay in the log at its original path.
const STAYS: &str =
    "the newest changes of data/rollcall.db stay in data/rollcall.db-wal: keep both together";

/// The line if the log was moved with the file.
const WENT: &str = "the newest changes are in the -wal that was moved away with data/rollcall.db: \
    keep both together; the files at that path now lack them";

/// How files are displaced before the stop, the line if changes stay in a log, and how
/// the files are put back.
const ORDERS: [(&str, Option<&str>, &str); 9] = [
    ("mv rollcall.db away.db", Some(STAYS), "mv away.db rollcall.db"),
    (
        "cp rollcall.db copy; mv rollcall.db away.db; mv copy rollcall.db",
        Some(STAYS),
        "mv away.db rollcall.db",
    ),
    // A copy of the file is complete with the log that stays beside it.
    ("cp rollcall.db copy; rm rollcall.db; mv copy rollcall.db", Some(STAYS), ""),
    ("mkdir away; mv rollcall.db rollcall.db-* away", Some(WENT), "mv away/* ."),
    (
        "mkdir away; cp rollcall.db copy; mv rollcall.db rollcall.db-wal away; mv copy rollcall.db",
        Some(WENT),
        "mv away/* .",
    ),
    (
        "mkdir away; for end in '' -wal; do cp rollcall.db$end copy$end; mv rollcall.db$end away; \
         mv copy$end rollcall.db$end; done",
        Some(WENT),
        "mv away/* .",
    ),
    ("mv rollcall.db-wal away-wal", None, "mv away-wal rollcall.db-wal"),
    (
        "cp rollcall.db-wal copy; mv rollcall.db-wal away-wal; mv copy rollcall.db-wal",
        None,
        "mv away-wal rollcall.db-wal",
    ),
    ("rm rollcall.db-shm", None, ""),
];

#[test]
fn a_stop_loses_nothing_and_says_where_it_is() {
    for (displace, said, put_back) in ORDERS {
        let mut server = Server::start_on_sqlite();
        // In the file, and in the log alone.
        for name in ["alice", "bob"] {
            stop(&mut server);
            server.start_again(&[]);
            assert_eq!(make(&server.admin(), name), 201);
        }
        let data = server.folder().path().join("data");
        shell(&data, displace);
        assert_eq!((readiness(&server), make(&server.admin(), "carol")), (503, 503), "{displace}");
        stop(&mut server);
        let log = server.process().all_said();
        assert_eq!(log.matches("newest changes").count(), usize::from(said.is_some()), "{log}");
        assert!(log.contains(said.unwrap_or_default()), "{displace}: {log}");
        shell(&data, put_back);
        server.start_again(&[]);
        assert_eq!(names(&server.admin()), "root alice bob", "{displace}");
        assert_eq!(make(&server.admin(), "carol"), 201, "{displace}");
        stop(&mut server);
        assert_eq!(names_in(&data.join("rollcall.db")), "root alice bob carol", "{displace}");
    }
}
