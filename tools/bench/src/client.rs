//! A client that keeps one connection and does as little as possible, from any loopback address.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    time::Duration,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use socket2::{Domain, Socket, Type};

use crate::other;

/// One connection.
pub(crate) struct Client {
    stream: BufReader<TcpStream>,
}

/// The value of an `Authorization` header.
pub(crate) fn basic(name: &str, password: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{name}:{password}")))
}

/// The bytes of a request with a JSON body.
pub(crate) fn request(method: &str, path: &str, authorization: &str, body: &str) -> Vec<u8> {
    request_with(&[("authorization", authorization)], method, path, body)
}

/// The same with these fields in its head.
pub(crate) fn request_with(
    fields: &[(&str, &str)],
    method: &str,
    path: &str,
    body: &str,
) -> Vec<u8> {
    let length = body.len();
    let fields: Vec<_> =
        fields.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let fields = fields.concat();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\n{fields}\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    head.into_bytes()
}

impl Client {
    /// Connects to `address`, from `source` where it is given.
    pub(crate) fn connect(address: &str, source: Option<Ipv4Addr>) -> io::Result<Self> {
        let address: SocketAddr = address.parse().map_err(|_| other("not an address"))?;
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        if let Some(source) = source {
            socket.bind(&SocketAddr::from((source, 0)).into())?;
        }
        socket.connect(&address.into())?;
        socket.set_tcp_nodelay(true)?;
        let stream = TcpStream::from(socket);
        // A program that hashes for each guess keeps others waiting for a minute.
        stream.set_read_timeout(Some(Duration::from_secs(240)))?;
        Ok(Self { stream: BufReader::new(stream) })
    }

    /// The status of a GET.
    pub(crate) fn get(&mut self, path: &str, authorization: &str) -> io::Result<u16> {
        self.send("GET", path, authorization, "")
    }

    /// The status of a request with a JSON body.
    pub(crate) fn send(
        &mut self,
        method: &str,
        path: &str,
        authorization: &str,
        body: &str,
    ) -> io::Result<u16> {
        Ok(self.exchange(method, path, authorization, body)?.0)
    }

    /// The status and the body of the answer to a request with a JSON body.
    pub(crate) fn exchange(
        &mut self,
        method: &str,
        path: &str,
        authorization: &str,
        body: &str,
    ) -> io::Result<(u16, Vec<u8>)> {
        self.stream.get_mut().write_all(&request(method, path, authorization, body))?;
        self.answer()
    }

    /// The connection itself, for many to share a thread.
    pub(crate) fn into_async(self) -> io::Result<actix_web::rt::net::TcpStream> {
        let stream = self.stream.into_inner();
        stream.set_nonblocking(true)?;
        actix_web::rt::net::TcpStream::from_std(stream)
    }

    fn answer(&mut self) -> io::Result<(u16, Vec<u8>)> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
        let mut length = 0;
        loop {
            line.clear();
            self.stream.read_line(&mut line)?;
            let header = line.trim_end().to_ascii_lowercase();
            if header.is_empty() {
                break;
            }
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse().map_err(|_| other("no length"))?;
            }
        }
        let mut body = Vec::new();
        self.stream.by_ref().take(length).read_to_end(&mut body)?;
        status.map(|status| (status, body)).ok_or_else(|| other("no status"))
    }
}
