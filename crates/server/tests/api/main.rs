//! The whole service as its users see it: the real binary on a store of its own, called over HTTP.
//! One file for each operation.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod access;
mod authentication;
mod backup;

mod connections;
mod copy;
mod crash;
#[cfg(feature = "postgres-tls")]
mod database_tls;
mod directory;
mod documents;
mod export;
mod harness;
mod health;
mod import;
mod lifecycle;
mod limits;
mod lists;
mod outage;
mod pages;
mod portal;
mod protocol;
mod replicas;
mod throttling;
mod tokens;
mod user_command;
