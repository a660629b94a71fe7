//! The service's metrics, for Prometheus to scrape.
//!
//! `http`, `domain` and `persistence` name what they count; its format is defined here. A scrape
//! reads counters and does not query the database: users are counted in the background. No label
//! contains input from clients.

mod census;
mod encode;
mod exposition;
mod process;

use std::{
    fmt, io,
    net::{SocketAddr, ToSocketAddrs},
    sync::Arc,
    time::Duration,
};

use actix_web::{App, HttpResponse, HttpServer, dev::Server, http::header, rt, web};
use prometheus_client::{collector::Collector, encoding::DescriptorEncoder, registry::Registry};
use rollcall_domain::{
    PasswordHasher, SystemClock,
    statistics::{
        Counter, Family, Observe,
        Values::{Counters, Info},
        unlabelled,
    },
};
use rollcall_http::HttpStatistics;
use rollcall_persistence::Store;

use census::LastCensus;

/// The sources of the metrics.
pub(crate) struct Sources {
    /// Requests and connections.
    pub(crate) http: HttpStatistics,
    /// Hashing and caches.
    pub(crate) hasher: Arc<PasswordHasher>,
    /// The database.
    pub(crate) store: Store,
    /// The maximum age of sessions.
    pub(crate) max_session_age: Duration,
    /// The number of log lines that were dropped.
    pub(crate) dropped_log_lines: Arc<Counter>,
}

/// The collector of all metrics, in the order of a scrape.
struct MetricsCollector(Vec<Arc<dyn Observe>>);

/// Starts a server on `address` that serves the metrics of `sources` at `/metrics`. Returns it with
/// its actual addresses; it runs until its handle stops it.
///
/// # Errors
/// When the address cannot be bound.
pub(crate) fn server(
    address: impl ToSocketAddrs,
    sources: Sources,
) -> io::Result<(Server, Vec<SocketAddr>)> {
    let Sources { http, hasher, store, max_session_age, dropped_log_lines } = sources;
    let census = LastCensus::default();
    let clock = SystemClock::default();
    let counting = census::keep(store.clone(), max_session_age, clock, census.clone());
    let mut registry = Registry::default();
    registry.register_collector(Box::new(MetricsCollector(vec![
        Arc::new(build),
        Arc::new(http),
        hasher,
        Arc::new(store),
        Arc::new(census),
        Arc::new(move || vec![log_lines_dropped(&dropped_log_lines)]),
        Arc::new(process::observe),
    ])));
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

fn build() -> Vec<Family> {
    let version = vec![("version", env!("CARGO_PKG_VERSION").into())];
    vec![Family::new("rollcall_build", "Version of the running server.", Info(version))]
}

fn log_lines_dropped(lines: &Counter) -> Family {
    Family::new(
        "rollcall_log_lines_dropped",
        "Log lines dropped because the log is read too slowly.",
        Counters(unlabelled(lines.get())),
    )
}

impl Collector for MetricsCollector {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let mut families = self.0.iter().flat_map(|source| source.observe());
        families.try_for_each(|family| encode::encode(&mut encoder, &family))
    }
}

impl fmt::Debug for MetricsCollector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("MetricsCollector").finish_non_exhaustive()
    }
}
