//! An HTTP client that sends each request once: one that repeats requests on its own would record
//! another history than the server's.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// The longest wait for an answer. A request without one is unknown from then on.
const PATIENCE: Duration = Duration::from_secs(4);

/// One connection.
pub(crate) struct Connection {
    stream: BufReader<TcpStream>,
}

/// An answer, read whole.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) etag: Option<String>,
    pub(crate) body: Vec<u8>,
    pub(crate) is_last: bool,
}

/// A request.
pub(crate) struct Request {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

impl Request {
    fn bytes(&self) -> Vec<u8> {
        let Self { method, path, headers, body } = self;
        let mut text = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n");
        for (name, value) in headers {
            text.extend([name, ": ", value, "\r\n"]);
        }
        if !body.is_empty() {
            text.push_str("content-type: application/json\r\n");
        }
        format!("{text}content-length: {}\r\n\r\n{body}", body.len()).into_bytes()
    }
}

impl Connection {
    pub(crate) fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self { stream: BufReader::new(stream) })
    }

    /// Sends a request once and reads its answer.
    pub(crate) fn exchange(&mut self, request: &Request) -> io::Result<Answer> {
        self.stream.get_mut().write_all(&request.bytes())?;
        let line = self.line()?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| io::Error::other("no status"))?;
        let mut answer = Answer { status, etag: None, body: Vec::new(), is_last: false };
        let (mut length, mut is_chunked) = (0, false);
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(':') else { break };
            match (name.to_ascii_lowercase().as_str(), value.trim()) {
                ("content-length", value) => length = value.parse().map_err(io::Error::other)?,
                ("transfer-encoding", _) => is_chunked = true,
                ("connection", value) => answer.is_last = value.eq_ignore_ascii_case("close"),
                ("etag", value) => answer.etag = Some(value.trim_matches('"').to_owned()),
                _ => {}
            }
        }
        while is_chunked {
            let size = usize::from_str_radix(self.line()?.trim(), 16).map_err(io::Error::other)?;
            self.read(size, &mut answer.body)?;
            self.line()?;
            is_chunked = size > 0;
        }
        self.read(length, &mut answer.body)?;
        Ok(answer)
    }

    fn read(&mut self, length: usize, body: &mut Vec<u8>) -> io::Result<()> {
        let start = body.len();
        body.resize(start + length, 0);
        self.stream.read_exact(body.get_mut(start..).unwrap_or_default())
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end().to_owned())
    }
}
