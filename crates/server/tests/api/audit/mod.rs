//! The audit log, over HTTP and on the command line.

mod archive;
mod archive_files;
mod archive_kills;
mod archive_lost;
mod archive_races;
mod command;
mod entries;
mod killed;
mod pages;

use serde_json::Value;

use crate::harness::Server;

/// Every entry, the newest first.
fn log(server: &Server) -> Vec<Value> {
    let answer = server.admin().get("/audit?limit=1000");
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()["auditLog"]["entries"].as_array().unwrap().clone()
}
