//! The service's metrics, for Prometheus to scrape.
//!
//! `http`, `domain` and `persistence` count in their own types; names, labels and formats are
//! defined here. A scrape reads these counters and does not query the database: users are counted
//! in the background. No label contains input from clients.

mod census;
mod database;
mod exposition;
mod families;
mod hashing;
mod process;
mod requests;

use std::{
    fmt, io,
    net::{SocketAddr, ToSocketAddrs},
    sync::Arc,
    time::Duration,
};

use actix_web::{App, HttpResponse, HttpServer, dev::Server, http::header, rt, web};
use prometheus_client::{collector::Collector, encoding::DescriptorEncoder, registry::Registry};
use rollcall_domain::{UserService, statistics::Counter};
use rollcall_http::HttpStatistics;
use rollcall_persistence::Store;

use crate::{census::LastCensus, families::Families};

/// The sources of the metrics.
#[derive(Clone)]
pub struct Sources {
    /// Requests and connections.
    pub http: HttpStatistics,
    /// Hashing and caches.
    pub users: Arc<UserService>,
    /// The database.
    pub store: Store,
    /// The maximum age of sessions.
    pub max_session_age: Duration,
    /// The number of log lines that were dropped.
    pub dropped_log_lines: Arc<Counter>,
}

/// The collector of all metrics.
struct Everything {
    sources: Sources,
    census: LastCensus,
}

/// Starts a server on `address` that serves the metrics of `sources` at `/metrics`. Returns it with
/// its actual addresses; it runs until its handle stops it.
///
/// # Errors
/// When the address cannot be bound.
pub fn server(
    address: impl ToSocketAddrs,
    sources: Sources,
) -> io::Result<(Server, Vec<SocketAddr>)> {
    let census = LastCensus::default();
    let counting = census::keep(sources.store.clone(), sources.max_session_age, census.clone());
    let mut registry = Registry::default();
    registry.register_collector(Box::new(Everything { sources, census }));
    let registry = web::Data::new(registry);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(registry.clone())
            .route("/metrics", web::get().to(exposition::metrics))
            .route("/metrics", web::head().to(exposition::metrics))
            .route("/health/live", web::get().to(live))
            .route("/health/live", web::head().to(live))
    })
    .workers(1)
    .bind(address)?
    .disable_signals();
    // Ends with the caller's runtime.
    rt::spawn(counting);
    let addresses = server.addrs();
    Ok((server.run(), addresses))
}

async fn live() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/plain; charset=utf-8")
        .body("ok\n")
}

impl Collector for Everything {
    fn encode(&self, encoder: DescriptorEncoder) -> fmt::Result {
        let families = &mut Families::new(encoder);
        let Sources { http, users, store, max_session_age: _, dropped_log_lines } = &self.sources;
        families.info(
            "rollcall_build",
            "Version of the running server.",
            &[("version", env!("CARGO_PKG_VERSION"))],
        )?;
        requests::encode(families, &http.snapshot())?;
        hashing::encode(families, &users.hashing_statistics())?;
        database::encode(families, &store.statistics())?;
        census::encode(families, &self.census)?;
        families.counter(
            "rollcall_log_lines_dropped",
            "Log lines dropped because the log is read too slowly.",
            dropped_log_lines.get(),
        )?;
        process::encode(families)
    }
}

impl fmt::Debug for Everything {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Everything").finish_non_exhaustive()
    }
}
