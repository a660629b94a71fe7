//! A server whose metrics say what its requests wait for.

use crate::harness::Server;

pub(super) struct Metered {
    pub(super) server: Server,
    metrics: String,
}

impl Metered {
    /// A server with these settings more.
    pub(super) fn start_with(settings: &[&str]) -> Self {
        let settings = [&["--metrics-listen=127.0.0.1:0"], settings].concat();
        let mut server = Server::start_with(&settings);
        let line = server.process().wait_for("metrics on http://");
        let metrics = line.split_once("metrics on ").unwrap().1.to_owned();
        Self { server, metrics }
    }

    /// How many requests have been found to be a user's, or not.
    pub(super) fn authentications(&self) -> u64 {
        self.sum("rollcall_authentications_total{")
    }

    /// How many jobs wait for a thread that hashes.
    pub(super) fn waiting_hashes(&self) -> u64 {
        self.sum("rollcall_hashing_waiting ")
    }

    /// The sum of all metrics that begin so.
    fn sum(&self, beginning: &str) -> u64 {
        let text = ureq::get(&self.metrics).call().unwrap().body_mut().read_to_string().unwrap();
        let lines = text.lines().filter(|line| line.starts_with(beginning));
        lines.map(|line| line.rsplit_once(' ').unwrap().1.parse::<u64>().unwrap()).sum()
    }
}
