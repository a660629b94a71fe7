//! A connection on which a test sends exact bytes at exact moments.

use std::{
    io::{self, Read, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

/// The time limit of every wait.
const PATIENCE: Duration = Duration::from_secs(60);

/// A connection, encrypted or not.
pub(crate) struct Raw<S = TcpStream>(pub(crate) S);

impl Raw {
    pub(crate) fn connect(address: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self(stream)
    }
}

impl<S: Read + Write> Raw<S> {
    /// Sends a text, to a server that may have ended the connection by now.
    pub(crate) fn try_send(&mut self, text: &str) -> io::Result<()> {
        self.0.write_all(text.as_bytes()).and_then(|()| self.0.flush())
    }

    /// The answer to a GET with these headers, each with its line end, up to the end of its body.
    pub(crate) fn get(&mut self, path: &str, headers: &str) -> String {
        self.try_send(&format!("GET {path} HTTP/1.1\r\nhost: x\r\n{headers}\r\n")).unwrap();
        self.answer()
    }

    /// The next answer, which must have a length.
    pub(crate) fn answer(&mut self) -> String {
        let mut text = Vec::new();
        let mut byte = [0];
        while !text.ends_with(b"\r\n\r\n") {
            self.0.read_exact(&mut byte).unwrap();
            text.push(byte[0]);
        }
        let head = String::from_utf8(text).unwrap();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        self.0.read_exact(&mut body).unwrap();
        head + &String::from_utf8(body).unwrap()
    }

    /// Everything received until the connection ends.
    pub(crate) fn rest(&mut self) -> String {
        let mut rest = Vec::new();
        match self.0.read_to_end(&mut rest) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                panic!("the connection does not end; so far: {}", String::from_utf8_lossy(&rest))
            }
            // A connection may also be reset, or end without a TLS close.
            _ => String::from_utf8_lossy(&rest).into_owned(),
        }
    }
}

/// Waits until `holds` returns true, and panics with `what` after a time limit.
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "{what}");
        thread::sleep(Duration::from_millis(20));
    }
}
