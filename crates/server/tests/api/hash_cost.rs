//! The cost of hashes, which the store keeps and only raises.

use std::io::Write;

use rollcall_domain::{NameKey, UserRef, UserStore};

use crate::{
    harness::{PASSWORD, Process, Server, rollcall},
    import::{HASHES, Place},
};

fn cost_of(server: &Server, name: &str) -> u32 {
    let account = server.store().find(&UserRef::Name(NameKey::of(name))).unwrap().unwrap();
    account.password_hash.cost().unwrap().get()
}

fn store_cost(server: &Server) -> Option<u32> {
    server.store().hash_cost().unwrap().map(rollcall_domain::HashCost::get)
}

/// Adds a user by the command line.
fn add(server: &Server, name: &str, arguments: &[&str]) {
    let arguments = [&["user", "add", name], arguments].concat();
    let mut process = Process::start(&mut rollcall(server.folder(), &arguments));
    process.stdin().write_all(format!("{PASSWORD}\n").as_bytes()).unwrap();
    assert!(process.wait().success(), "{}", process.all_said());
}

#[test]
fn a_lower_cost_than_the_stores_is_reported_to_have_no_effect() {
    let mut server = Server::start_with(&["--bcrypt-cost=5"]);
    server.user("alice");
    server.kill_and_start_again(&["--bcrypt-cost=4"]);
    server
        .process()
        .wait_for("--bcrypt-cost (ROLLCALL_BCRYPT_COST) 4 has no effect, because the store has ");
    let (_, bob) = server.user("bob");
    assert_eq!(bob.get("/users").status, 403);
    server.login("alice", PASSWORD).get("/users");
    assert_eq!(["alice", "bob"].map(|name| cost_of(&server, name)), [5, 5]);
    assert_eq!(store_cost(&server), Some(5));
}

#[test]
fn commands_beside_the_server_hash_at_the_stores_cost() {
    let server = Server::start_with(&["--bcrypt-cost=5"]);
    for (name, arguments, cost) in [
        ("alice", &[][..], 5),
        ("bob", &["--bcrypt-cost=4"], 5),
        ("carol", &["--bcrypt-cost=6"], 6),
        ("dave", &[], 6),
    ] {
        add(&server, name, arguments);
        assert_eq!(cost_of(&server, name), cost, "{name}");
    }
    server.user("erin");
    assert_eq!((cost_of(&server, "erin"), store_cost(&server)), (6, Some(6)));
}

/// A line with a hash of this cost that no password matches.
fn line(name: &str, cost: u32) -> String {
    let hash = HASHES[0].replacen("$05$", &format!("${cost:02}$"), 1);
    format!("{{\"name\":\"{name}\",\"passwordHash\":\"{hash}\"}}\n")
}

#[test]
fn an_import_takes_hashes_that_cost_one_more_at_most() {
    let place = Place::new();
    let lines = [line("a", 4), line("b", 6), line("c", 5)].concat();
    place.write("users.ndjson", &lines);
    for arguments in [&["--dry-run"][..], &[]] {
        let said = place.fail(1, &[&["import", "users.ndjson"], arguments].concat());
        let expected = "line 2: passwordHash has the bcrypt cost 6; at most 5 is accepted, one \
                        more than --bcrypt-cost (ROLLCALL_BCRYPT_COST)\n";
        assert!(said.contains(expected), "{said}");
    }
    place.fail(2, &["import", "users.ndjson", "--skip-errors"]);
    let server = place.server();
    assert_eq!(store_cost(&server), Some(5));
    server.user("d");
    assert_eq!(cost_of(&server, "d"), 5);
}

#[test]
fn the_cost_goes_along_with_a_copy() {
    let place = Place::new();
    place.write("users.ndjson", &line("a", 5));
    place.succeed(&["import", "users.ndjson"]);
    let target = Place::new();
    let (from, to) = (format!("--from={}", place.url()), format!("--to={}", target.url()));
    place.succeed(&["copy", &from, &to]);
    let server = target.server();
    assert_eq!((store_cost(&server), server.admin().get("/users").status), (Some(5), 200));
    assert_eq!(cost_of(&server, "root"), 5);
}

#[test]
fn a_restored_store_has_the_cost_of_its_hashes() {
    let server = Server::start_on_sqlite_with(&["--bcrypt-cost=5"]);
    let run = |arguments: &[&str]| {
        let output =
            crate::harness::rollcall_on_sqlite(server.folder(), arguments).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    run(&["backup", "backup.db"]);
    // Regardless of the cost that the backup states.
    let backup = format!("sqlite://{}", server.folder().path().join("backup.db").display());
    crate::import::sql(&backup, "UPDATE hash_cost SET cost = 0", "");
    run(&["restore", "backup.db", "--database-url=sqlite://restored.db"]);
    let restored = format!("sqlite://{}", server.folder().path().join("restored.db").display());
    let store = rollcall_persistence::Store::open_existing(&restored.parse().unwrap()).unwrap();
    assert_eq!(store.hash_cost().unwrap().map(rollcall_domain::HashCost::get), Some(5));
}
