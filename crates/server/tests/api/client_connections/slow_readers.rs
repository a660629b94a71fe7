//! Clients that read their answers slowly, or not at all.

use std::{
    io::Read,
    net::{SocketAddr, TcpStream},
    thread,
    time::Duration,
};

use socket2::{Domain, Socket, Type};

use crate::harness::{Raw, Server, until};

const REQUEST: &str = "GET /swagger-ui/swagger-ui-bundle.js HTTP/1.1\r\nhost: x\r\n\r\n";

/// The number of pipelined requests: more answers than the buffers hold.
const ANSWERS: usize = 10;

/// A connection with a small receive buffer.
fn connect(server: &Server) -> Raw {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(16 * 1024).unwrap();
    let address: SocketAddr = server.address().parse().unwrap();
    socket.connect(&address.into()).unwrap();
    let stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    Raw(stream)
}

/// Sends all requests, reads this many bytes ten times a second, and returns the bytes received.
fn read_slowly(server: &Server, bytes: usize) -> usize {
    let mut raw = connect(server);
    raw.try_send(&REQUEST.repeat(ANSWERS - 1)).unwrap();
    raw.try_send(&REQUEST.replace("host: x", "connection: close\r\nhost: x")).unwrap();
    let (mut buffer, mut total) = (vec![0; bytes], 0);
    loop {
        // A closed connection may also be reset.
        match read_full(&mut raw.0, &mut buffer) {
            0 => return total,
            count => total += count,
        }
        thread::sleep(Duration::from_millis(100));
    }
}

fn read_full(stream: &mut TcpStream, buffer: &mut [u8]) -> usize {
    let mut count = 0;
    while count < buffer.len() {
        match stream.read(&mut buffer[count..]) {
            Ok(0) | Err(_) => break,
            Ok(more) => count += more,
        }
    }
    count
}

/// The length of all answers, without headers of varying length.
fn whole(server: &Server) -> usize {
    read_slowly(server, 1 << 28) - 1000
}

#[test]
fn an_answer_that_is_read_slower_than_allowed_ends() {
    let strict = Server::start_with(&["--send-timeout=2", "--send-rate=100000000"]);
    let lenient = Server::start_with(&[]);
    let all = whole(&lenient);
    assert!(all > ANSWERS * 1_000_000);
    assert!(read_slowly(&lenient, 400_000) > all);
    assert!(read_slowly(&strict, 400_000) < all);
}

#[test]
fn an_answer_that_takes_too_long_ends_however_it_is_read() {
    let server = Server::start_with(&["--answer-timeout=1", "--send-timeout=3600"]);
    let all = whole(&server);
    assert!(read_slowly(&server, 40_000) < all);
}

#[test]
fn requests_wait_for_a_client_that_does_not_read() {
    let mut server = Server::start_with(&["--send-timeout=3600", "--answer-timeout=3600"]);
    let mut raw = connect(&server);
    raw.0.set_write_timeout(Some(Duration::from_secs(1))).unwrap();
    for _ in 0..100 {
        // At some point the server stops reading.
        if raw.try_send(&REQUEST.repeat(100)).is_err() {
            break;
        }
    }
    let mut answered = move || server.process().said().matches("swagger-ui-bundle.js 200").count();
    until("no request is answered", || answered() > 0);
    let mut count = 0;
    while answered() != count {
        count = answered();
        thread::sleep(Duration::from_secs(1));
    }
    assert!((1..100).contains(&count), "{count}");
}
