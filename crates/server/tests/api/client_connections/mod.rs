//! Limits on the number and the duration of connections.

mod shares;
mod slow_readers;

use std::{
    io::Read,
    net::{SocketAddr, TcpStream},
    thread,
    time::Duration,
};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;
use socket2::{Domain, Socket, Type};

use crate::harness::{ADMIN_PASSWORD, Answer, Raw, Server, basic, rollcall, until};

const LIVE: &str = "GET /health/live HTTP/1.1\r\nhost: x\r\n";

/// Raises this process's limit of open files.
fn raise_open_files() {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).unwrap();
}

/// Sends single bytes until the server closes the connection, and returns its answer.
fn drip(raw: &mut Raw) -> String {
    until("the connection does not end", || {
        thread::sleep(Duration::from_millis(100));
        raw.0.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
        let has_come = raw.0.peek(&mut [0]).is_ok();
        has_come || raw.try_send("x").is_err()
    });
    raw.0.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    raw.rest()
}

#[test]
fn a_head_sent_byte_by_byte_times_out_on_every_request() {
    let server = Server::start_with(&["--header-timeout=1", "--keep-alive=3600"]);
    for requests in [0, 1, 3] {
        let mut raw = Raw::connect(server.address());
        for _ in 0..requests {
            assert!(raw.get("/health/live", "").starts_with("HTTP/1.1 200"));
        }
        raw.try_send(&format!("{LIVE}x: ")).unwrap();
        let said = drip(&mut raw);
        assert!(said.starts_with("HTTP/1.1 408 Request Timeout\r\n"), "{said}");
        assert!(said.contains("\r\nx-content-type-options: nosniff\r\n"), "{said}");
        assert!(said.contains("\r\nconnection: close\r\n") && said.ends_with('}'), "{said}");
    }
}

#[test]
fn an_incomplete_pipelined_head_times_out() {
    let server = Server::start_with(&["--header-timeout=1", "--keep-alive=1"]);
    let mut raw = Raw::connect(server.address());
    raw.try_send(&format!("{LIVE}\r\n{LIVE}x: ")).unwrap();
    assert!(raw.answer().starts_with("HTTP/1.1 200"));
    raw.rest();
}

#[test]
fn an_idle_connection_is_closed_without_an_answer() {
    let server = Server::start_with(&["--header-timeout=1", "--keep-alive=1"]);
    let mut silent = Raw::connect(server.address());
    assert_eq!(silent.rest(), "");
    let mut resting = Raw::connect(server.address());
    assert!(resting.get("/health/live", "").starts_with("HTTP/1.1 200"));
    assert_eq!(resting.rest(), "");
}

#[test]
fn a_connection_may_be_idle_for_the_set_time() {
    let server = Server::start_with(&["--header-timeout=1", "--keep-alive=3600"]);
    let mut raw = Raw::connect(server.address());
    for _ in 0..2 {
        assert!(raw.get("/health/live", "").starts_with("HTTP/1.1 200"));
        thread::sleep(Duration::from_millis(2500));
    }
    // The time of an answer does not count, either: this one waits for the body.
    let body = r#"{"value":{"password":"the password of alice"}}"#;
    let head = format!(
        "PUT /api/v1/users/alice HTTP/1.1\r\nhost: x\r\nauthorization: {}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        basic("root", ADMIN_PASSWORD),
        body.len()
    );
    raw.try_send(&head).unwrap();
    thread::sleep(Duration::from_millis(2500));
    raw.try_send(body).unwrap();
    assert!(raw.answer().starts_with("HTTP/1.1 201"));
}

#[test]
fn a_body_that_does_not_come_in_time_is_408() {
    let server = Server::start_with(&["--body-timeout=2"]);
    let mut raw = Raw::connect(server.address());
    let head = "POST /users HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
                content-length: 99\r\n\r\n";
    raw.try_send(head).unwrap();
    let said = drip(&mut raw);
    assert!(said.starts_with("HTTP/1.1 408 Request Timeout\r\n"), "{said}");
    assert!(said.contains("The body must arrive within 2 seconds"), "{said}");
}

#[test]
fn a_client_that_reads_nothing_is_disconnected() {
    let server = Server::start_with(&["--send-timeout=1", "--keep-alive=3600"]);
    let connections: Vec<_> = (0..10)
        .map(|_| {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
            socket.set_recv_buffer_size(4096).unwrap();
            let address: SocketAddr = server.address().parse().unwrap();
            socket.connect(&address.into()).unwrap();
            let mut raw = Raw(TcpStream::from(socket));
            // More answers than fit into the system's buffers.
            let request = "GET /swagger-ui/swagger-ui-bundle.js HTTP/1.1\r\nhost: x\r\n\r\n";
            raw.try_send(&request.repeat(5)).unwrap();
            assert!(raw.0.read(&mut [0; 12]).unwrap() > 0);
            raw
        })
        .collect();
    assert_eq!(server.connections(), 10);
    until("the connections stay", || server.connections() == 0);
    drop(connections);
}

/// Checks the response to a connection above the limit.
fn assert_refused(answer: &Answer) {
    assert_eq!(answer.status, 503, "{answer:?}");
    assert_eq!((answer.header("connection"), answer.header("retry-after")), ("close", "1"));
}

#[test]
fn probes_and_open_connections_are_served_during_a_flood() {
    raise_open_files();
    let arguments = ["--max-connections=100", "--header-timeout=5", "--keep-alive=3600"];
    let server = Server::start_with(&arguments);
    let authorization = format!("authorization: {}\r\n", basic("root", ADMIN_PASSWORD));
    let ask = |raw: &mut Raw| {
        assert!(raw.get("/users/1", &authorization).starts_with("HTTP/1.1 200"));
    };
    let mut known: Vec<_> = (0..100).map(|_| Raw::connect(server.address())).collect();
    known.iter_mut().for_each(ask);
    let mut flood: Vec<_> = (0..3200).map(|_| Raw::connect(server.address())).collect();
    for raw in flood.iter_mut().skip(1500).take(200) {
        // Some have been closed by now.
        let _ = raw.try_send("GET / HTTP/1.1\r\nx: ");
    }
    for _ in 0..3 {
        let probe = server.anonymous().get("/health/live");
        assert_eq!((probe.status, probe.header("connection")), (200, "close"));
        ask(&mut known[0]);
        ask(&mut known[99]);
        assert_refused(&server.admin().get("/users/1"));
        let refused = server.admin().get("/api/v1/users");
        assert_refused(&refused);
        assert!(refused.json().is_string(), "{refused:?}");
    }
    until("the flood stays", || server.connections() == known.len());
    known.iter_mut().for_each(ask);
    drop((flood, known));
    until("no new connection is accepted", || server.admin().get("/users/1").status == 200);
}

#[test]
fn idle_connections_do_not_block_other_clients() {
    raise_open_files();
    let server = Server::start();
    let idle: Vec<_> = (0..3000).map(|_| Raw::connect(server.address())).collect();
    let (id, alice) = server.user("alice");
    assert_eq!(alice.get(&format!("/users/{id}")).status, 200);
    server.change(id, &json!({"status": "DISABLED"}));
    drop(idle);
}

#[test]
fn a_worker_has_no_more_connections_than_it_may() {
    let server = Server::start_with(&["--max-connections-per-worker=1", "--keep-alive=3600"]);
    let workers = thread::available_parallelism().unwrap().get();
    let mut taken: Vec<_> = (0..workers).map(|_| Raw::connect(server.address())).collect();
    for raw in &mut taken {
        assert!(raw.get("/", "").starts_with("HTTP/1.1 302"));
    }
    assert!(Raw::connect(server.address()).get("/", "").starts_with("HTTP/1.1 503"));
    drop(taken);
    until("no new connection is accepted", || {
        Raw::connect(server.address()).get("/", "").starts_with("HTTP/1.1 302")
    });
}

#[test]
fn a_connection_limit_above_the_open_file_limit_is_rejected() {
    let folder = tempfile::tempdir().unwrap();
    let output = rollcall(&folder, &["--max-connections=99999999999"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.starts_with("error: --max-connections (ROLLCALL_MAX_CONNECTIONS) must be at most ")
    );
    assert!(said.contains("ulimit -n") && said.lines().count() == 1, "{said}");
    for flag in
        ["--max-connections=0", "--header-timeout=0", "--keep-alive=3601", "--send-timeout=x"]
    {
        let output = rollcall(&folder, &[flag]).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let name = flag.split('=').next().unwrap();
        assert!(said.starts_with("error: ") && said.contains(name), "{said}");
    }
}
