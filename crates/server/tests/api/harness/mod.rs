//! Starts the production build and offers clients by role.

mod certificates;
mod client;
mod contract;
mod database;
mod disk;
mod pgbouncer;
mod postgres;
mod raw;
mod server;
mod session;
mod tcp_table;

use std::sync::atomic::{AtomicBool, Ordering};

pub(crate) use certificates::Certificates;
pub(crate) use client::{Answer, Client, basic};
pub(crate) use database::url as store_url;
pub(crate) use disk::Disk;
pub(crate) use pgbouncer::PgBouncer;
pub(crate) use postgres::Postgres;
pub(crate) use raw::{Raw, until};
pub(crate) use server::{ADMIN_PASSWORD, Process, Server, rollcall, rollcall_on_sqlite};
pub(crate) use session::{SIGNING_HOST, Session, Signable, timestamp};
pub(crate) use tcp_table::{TcpState, tcp_table};

/// Sets the flag when dropped, also when the test fails.
pub(crate) struct End<'a>(pub(crate) &'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// The password of every user that a test makes.
pub(crate) const PASSWORD: &str = "correct horse battery";
