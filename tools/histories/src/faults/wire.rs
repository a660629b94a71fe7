//! The network between one replica and the database, which can be cut.

use std::{
    io::{self, ErrorKind, Read, Write},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    thread,
    time::Duration,
};

use crate::Result;

/// How often a connection without data looks at the state.
const STEP: Duration = Duration::from_millis(100);

/// What the network does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum State {
    Open,
    /// Connections end, and new ones are refused.
    Cut,
    /// Connections stay open, and nothing arrives.
    Silent,
}

/// A proxy in front of the database.
pub(crate) struct Wire {
    pub(crate) port: u16,
    state: Arc<AtomicU8>,
}

impl Wire {
    /// Forwards connections to this port of the database.
    pub(crate) fn to(database: u16) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let port = listener.local_addr()?.port();
        let state = Arc::new(AtomicU8::new(State::Open as u8));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                // A refused connection is closed here at once.
                if shared.load(Ordering::Relaxed) != State::Cut as u8 {
                    let _ = forward(client, database, &shared);
                }
            }
        });
        Ok(Self { port, state })
    }

    pub(crate) fn set(&self, state: State) {
        self.state.store(state as u8, Ordering::Relaxed);
    }
}

fn forward(client: TcpStream, database: u16, state: &Arc<AtomicU8>) -> io::Result<()> {
    let server = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, database)))?;
    let ways = [(client.try_clone()?, server.try_clone()?), (server, client)];
    for (from, to) in ways {
        from.set_read_timeout(Some(STEP))?;
        from.set_nodelay(true)?;
        let state = Arc::clone(state);
        thread::spawn(move || pump(from, to, &state));
    }
    Ok(())
}

fn pump(mut from: TcpStream, mut to: TcpStream, state: &AtomicU8) {
    let mut buffer = [0; 16_384];
    loop {
        match state.load(Ordering::Relaxed) {
            silent if silent == State::Silent as u8 => {
                thread::sleep(STEP / 10);
                continue;
            }
            cut if cut == State::Cut as u8 => break,
            _ => {}
        }
        let length = match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if [ErrorKind::WouldBlock, ErrorKind::TimedOut].contains(&error.kind()) => {
                continue;
            }
            Err(_) => break,
        };
        if to.write_all(buffer.get(..length).unwrap_or_default()).is_err() {
            break;
        }
    }
    for stream in [from, to] {
        let _ = stream.shutdown(Shutdown::Both);
    }
}
