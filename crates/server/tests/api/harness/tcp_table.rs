//! The system's table of TCP connections.

use std::fs;

/// The state of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TcpState {
    Listening,
    /// The other end has closed it.
    ClosedByPeer,
    Other,
}

/// One end of a connection over IPv4.
pub(crate) struct TcpEnd {
    pub(crate) port: u16,
    pub(crate) peer_port: u16,
    pub(crate) state: TcpState,
    /// The number of the socket; 0 if no process has it open.
    pub(crate) inode: u64,
}

/// All connections on this machine.
pub(crate) fn tcp_table() -> Vec<TcpEnd> {
    let table = fs::read_to_string("/proc/net/tcp").unwrap();
    table.lines().skip(1).map(TcpEnd::of).collect()
}

impl TcpEnd {
    fn of(line: &str) -> Self {
        let fields: Vec<_> = line.split_whitespace().collect();
        let port = |address: &str| {
            let (_, port) = address.rsplit_once(':').unwrap();
            u16::from_str_radix(port, 16).unwrap()
        };
        let state = match fields[3] {
            "0A" => TcpState::Listening,
            "08" => TcpState::ClosedByPeer,
            _ => TcpState::Other,
        };
        let inode = fields[9].parse().unwrap();
        Self { port: port(fields[1]), peer_port: port(fields[2]), state, inode }
    }
}
