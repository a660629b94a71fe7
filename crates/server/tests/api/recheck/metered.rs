//! A server whose metrics show what its requests wait for.

use crate::harness::Server;

pub(super) struct Metered {
    pub(super) server: Server,
    metrics: String,
}

impl Metered {
    /// A server with additional settings.
    pub(super) fn start_with(settings: &[&str]) -> Self {
        let settings = [&["--metrics-listen=127.0.0.1:0"], settings].concat();
        let mut server = Server::start_with(&settings);
        let line = server.process().wait_for("metrics on http://");
        let metrics = line.split_once("metrics on ").unwrap().1.to_owned();
        Self { server, metrics }
    }

    /// The number of requests whose credentials have been checked.
    pub(super) fn authentications(&self) -> u64 {
        self.sum("rollcall_authentications_total{")
    }

    /// The number of jobs in the queue for a hashing thread.
    pub(super) fn waiting_hashes(&self) -> u64 {
        self.sum("rollcall_hashing_waiting ")
    }

    /// The sum of all metrics with this prefix.
    fn sum(&self, beginning: &str) -> u64 {
        let text = ureq::get(&self.metrics).call().unwrap().body_mut().read_to_string().unwrap();
        let lines = text.lines().filter(|line| line.starts_with(beginning));
        lines.map(|line| line.rsplit_once(' ').unwrap().1.parse::<u64>().unwrap()).sum()
    }
}
