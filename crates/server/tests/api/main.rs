//! The whole service as clients see it: the real binary on its own store, called over HTTP.
//! One file for each operation.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod access;
mod audit;
mod authentication;
mod backup;
mod below_a_path;
mod budget;
mod canary;
mod client_address;
mod client_connections;
mod command_line;
mod connections;
mod copy;
mod cors;
mod crash;
mod database_refusals;
mod database_stops;
#[cfg(feature = "postgres-tls")]
mod database_tls;
mod directory;
mod documents;
mod exemption;
mod export;
mod fairness;
mod files;
mod first_start;
mod full_log;
mod harness;
mod hash_cost;
mod headers;
mod health;
mod import;
mod international_addresses;
mod keys;
mod latin_1;
mod lifecycle;
mod limits;
mod lists;
mod logged_text;
mod look_alike;
mod methods;
mod metrics;
mod nulls;
mod outage;
mod output;
mod pages;
mod pooler;
mod portal;
mod privacy;
mod protocol;
mod read_modify_write;
mod recheck;
mod refusals;
mod replicas;
mod request_heads;
mod reset_codes;
mod roles;
mod schema_level;
mod sessions;
mod settings;
mod supervisor;
mod throttling;
mod tls;
mod tokens;
mod unicode_passwords;
mod unsafe_names;
mod untrusted_proxy;
mod user_command;
mod verify;
