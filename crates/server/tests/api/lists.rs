//! Lists that are longer than the buffers between server and client.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use serde_json::json;
use socket2::{Domain, SockRef, Socket, Type};

use crate::{
    harness::{ADMIN_PASSWORD, PASSWORD, Postgres, Process, Server, basic, rollcall},
    import::HASHES,
};

/// Imports users that take about 2.5 kB each in a list.
fn fill(server: &Server, count: usize) {
    let roles: Vec<_> = (0..32).map(|number| format!("role{number:060}")).collect();
    let user = |number| {
        let name = format!("user{number:05}");
        json!({"name": name, "roles": roles, "passwordHash": HASHES[0]})
    };
    let lines: Vec<_> = (0..count).map(|number| user(number).to_string()).collect();
    let file = server.folder().path().join("users.ndjson");
    fs::write(&file, lines.join("\n")).unwrap();
    let arguments = ["import", file.to_str().unwrap(), "--database-url", &server.store_url()];
    let mut process = Process::start(&mut rollcall(server.folder(), &arguments));
    assert!(process.wait().success(), "{}", process.said());
}

/// A client that requests a list and reads only its first line.
fn begin(server: &Server, path: &str) -> (String, BufReader<TcpStream>) {
    begin_as(server, ("root", ADMIN_PASSWORD), path)
}

/// The same with these credentials.
fn begin_as(
    server: &Server,
    (name, password): (&str, &str),
    path: &str,
) -> (String, BufReader<TcpStream>) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let address: SocketAddr = server.address().parse().unwrap();
    socket.connect(&address.into()).unwrap();
    let mut stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let authorization = basic(name, password);
    let head = format!(
        "GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
         authorization: {authorization}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut reader = BufReader::with_capacity(1024, stream);
    let mut status = String::new();
    reader.read_line(&mut status).unwrap();
    (status, reader)
}

/// Reads until the connection ends.
fn rest(mut reader: BufReader<TcpStream>) -> Vec<u8> {
    // A larger read buffer, since a window of 4 kB would be filled 2000 times.
    SockRef::from(reader.get_ref()).set_recv_buffer_size(1 << 20).unwrap();
    let mut body = Vec::new();
    // A reset is also an end without the last chunk.
    let _ = reader.read_to_end(&mut body);
    body
}

#[test]
fn short_and_long_lists_have_the_documented_form() {
    let server = Server::start();
    let admin = server.admin();
    for count in [0, 200] {
        fill(&server, count);
        let list = admin.get("/users");
        let is_long = count > 0;
        assert_eq!(list.header("content-length").is_empty(), is_long);
        assert_eq!(list.header("content-type"), "application/json");
        assert_eq!(list.header("cache-control"), "private, no-cache");
        let shown = |id| admin.get(&format!("/users/{id}")).body;
        let inner = |body: String| body["{\"user\":".len()..body.len() - 1].to_owned();
        let users: Vec<_> = (1..=1 + count).map(|id| inner(shown(id))).collect();
        assert_eq!(list.body, format!("{{\"userList\":{{\"users\":[{}]}}}}", users.join(",")));
        let shown = |name: &str| admin.get(&format!("/api/v1/users/{name}")).body;
        let named = (0..count).map(|number| shown(&format!("user{number:05}")));
        let users: Vec<_> = [shown("root")].into_iter().chain(named).collect();
        let list = admin.get("/api/v1/users").body;
        assert_eq!(list, format!("{{\"value\":[{}]}}", users.join(",")));
    }
}

#[test]
fn stalled_readers_block_only_further_lists() {
    let server = Server::start();
    fill(&server, 3000);
    let (id, alice) = server.user("alice");
    let admin = server.admin();
    let mut stuck: Vec<_> = (0..5).map(|_| begin(&server, "/users")).collect();
    assert!(stuck.iter().any(|(status, _)| status.starts_with("HTTP/1.1 200")));
    assert!(stuck.iter().any(|(status, _)| status.starts_with("HTTP/1.1 503")));
    assert_eq!(alice.get(&format!("/users/{id}")).status, 200);
    server.change(id, &json!({"status": "DISABLED"}));
    assert_eq!(alice.get(&format!("/users/{id}")).status, 401);
    assert_eq!(admin.get("/users").status, 503);
    let (_, first) = stuck.swap_remove(0);
    let body = rest(first);
    assert!(body.ends_with(b"]}}\r\n0\r\n\r\n"));
    drop(stuck);
    assert_eq!(admin.get("/api/v1/users").json()["value"].as_array().unwrap().len(), 3002);
}

#[test]
fn a_list_ends_without_an_end_when_its_reader_is_demoted() {
    let server = Server::start();
    let (id, _) = server.user("reader");
    fill(&server, 3000);
    for is_demoted in [false, true] {
        server.change(id, &json!({"roles": [{"name": "admin"}]}));
        let (status, reader) = begin_as(&server, ("reader", PASSWORD), "/users");
        assert!(status.starts_with("HTTP/1.1 200"), "{status}");
        if is_demoted {
            server.change(id, &json!({"roles": []}));
        }
        let body = rest(reader);
        assert_eq!(body.ends_with(b"]}}\r\n0\r\n\r\n"), !is_demoted);
    }
}

#[test]
fn a_list_that_fails_half_way_ends_without_an_end() {
    let postgres = Postgres::start();
    let mut server = Server::start_on(&postgres.url());
    fill(&server, 3000);
    let (status, reader) = begin(&server, "/users");
    assert!(status.starts_with("HTTP/1.1 200"), "{status}");
    postgres.crash();
    let body = rest(reader);
    assert!(body.len() > 1024 && !body.ends_with(b"0\r\n\r\n"));
    server.process().wait_for("the store is unavailable");
    postgres.start_again();
}
