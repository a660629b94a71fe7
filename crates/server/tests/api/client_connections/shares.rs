//! Shares of the connection limit: one client can't use all connections.

use std::{
    io::{ErrorKind, Read},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use socket2::{Domain, Socket, Type};

use crate::harness::{ADMIN_PASSWORD, Raw, Server, basic, until};

const LIMIT: usize = 20;

/// A connection from this loopback address, with a small receive buffer.
fn connect_from(source: &str, server: &Server) -> Raw {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let source: SocketAddr = format!("{source}:0").parse().unwrap();
    socket.bind(&source.into()).unwrap();
    let address: SocketAddr = server.address().parse().unwrap();
    socket.connect(&address.into()).unwrap();
    let stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    Raw(stream)
}

/// The status of the admin's request over this connection.
fn ask(raw: &mut Raw) -> String {
    let authorization = format!("authorization: {}\r\n", basic("root", ADMIN_PASSWORD));
    raw.get("/users/1", &authorization)[9..12].to_owned()
}

/// Whether the server has ended the connection, whose answers are read.
fn has_ended(raw: &mut Raw) -> bool {
    raw.0.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
    loop {
        match raw.0.read(&mut [0; 8192]) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) => return error.kind() != ErrorKind::WouldBlock,
        }
    }
}

/// Does nothing.
fn stays_silent(_: &mut Raw) {}

/// Has received an answer and sends no more requests.
fn rests(raw: &mut Raw) {
    assert!(raw.get("/health/live", "").starts_with("HTTP/1.1 200"));
}

/// Sends half a head.
fn begins_a_request(raw: &mut Raw) {
    raw.try_send("GET / HTTP/1.1\r\nx: ").unwrap();
}

/// Sends a head and half a body.
fn begins_a_body(raw: &mut Raw) {
    let head = "POST /users HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
    raw.try_send(&format!("{head}content-length: 99\r\n\r\n{{")).unwrap();
}

/// Requests large answers and does not read them.
fn reads_nothing(raw: &mut Raw) {
    let request = "GET /swagger-ui/swagger-ui-bundle.js HTTP/1.1\r\nhost: x\r\n\r\n";
    raw.try_send(&request.repeat(5)).unwrap();
    raw.0.read_exact(&mut [0; 12]).unwrap();
}

/// The number of connections that its workers have accepted.
fn taken_in(server: &mut Server) -> usize {
    let line = server.process().wait_for("metrics on ");
    let (_, url) = line.split_once("metrics on ").unwrap();
    let metrics = ureq::get(url).call().unwrap().body_mut().read_to_string().unwrap();
    let name = "rollcall_http_connections ";
    metrics.lines().find_map(|line| line.strip_prefix(name)).unwrap().parse().unwrap()
}

fn start() -> Server {
    let metrics = "--metrics-listen=127.0.0.1:0";
    let limit = format!("--max-connections={LIMIT}");
    let timeouts = ["--keep-alive=3600", "--header-timeout=3600", "--body-timeout=3600"];
    let sending = ["--send-timeout=3600", "--answer-timeout=3600"];
    Server::start_with(&[&[&*limit, metrics][..], &timeouts, &sending].concat())
}

#[test]
fn the_client_with_most_connections_makes_room() {
    let ways = [stays_silent, rests, begins_a_request, begins_a_body, reads_nothing];
    for (place, way) in ways.into_iter().enumerate() {
        let mut server = start();
        let mut held: Vec<_> = (0..LIMIT).map(|_| connect_from("127.0.0.2", &server)).collect();
        held.iter_mut().for_each(way);
        until("they are not taken in", || taken_in(&mut server) == LIMIT);
        let mut others = Vec::new();
        // Until the shares are equal.
        for _ in 0..LIMIT / 2 {
            until("no room is made", || {
                let mut raw = connect_from("127.0.0.3", &server);
                let is_served = ask(&mut raw) == "200";
                others.extend(is_served.then_some(raw));
                is_served
            });
        }
        let refused = [ask(&mut connect_from("127.0.0.3", &server))];
        assert_eq!(refused, ["503"], "way {place}");
        let mut left = || held.iter_mut().filter_map(|raw| (!has_ended(raw)).then_some(())).count();
        until(&format!("too many are left, way {place}"), || left() <= LIMIT / 2);
        assert_eq!(left(), LIMIT / 2, "way {place}");
        assert!(others.iter_mut().all(|raw| ask(raw) == "200"), "way {place}");
    }
}

#[test]
fn one_address_that_takes_all_keeps_no_other_out() {
    let server = start();
    let mut flood: Vec<_> = (0..10 * LIMIT).map(|_| connect_from("127.0.0.2", &server)).collect();
    for raw in &mut flood {
        // The excess connections may have been closed by now.
        let _ = raw.try_send("GET / HTTP/1.1\r\nx: ");
    }
    let mut others: Vec<_> =
        (3..3 + LIMIT - 1).map(|host| connect_from(&format!("127.0.0.{host}"), &server)).collect();
    for _ in 0..2 {
        let refused = others.iter_mut().map(ask).filter(|status| status != "200").count();
        assert_eq!(refused, 0);
        let again = connect_from("127.0.0.2", &server);
        flood.push(again);
    }
}
