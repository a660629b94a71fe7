//! `rollcall serve`: wiring, start and stop.

mod database_wait;
mod exposed_files;
mod first_admin;
mod first_password;
mod greeting;
mod hangup;
mod listeners;
mod services;
mod skeletons;
mod supervisor;

use std::{future::poll_fn, io, sync::Arc, task::Poll, time::Duration};

use actix_web::{
    dev::ServerHandle,
    rt::{
        self,
        signal::unix::{Signal, SignalKind, signal},
    },
};
use rollcall_domain::{PasswordHasher, statistics::Counter};
use rollcall_http::{Draining, HttpStatistics, ServerOptions, Services};
use rollcall_persistence::Store;

use crate::{
    config::{listen::ListenAddress, serve::ServeSettings, session_secret},
    failure::Failure,
    telemetry::{
        self,
        metrics::{self, Sources},
    },
    tls::{self, Certificate},
};
use first_admin::FirstAdmin;
use greeting::Greeting;
use listeners::Listeners;

/// The default of `RUST_LOG`. It hides messages that our own lines repeat: starts and stops of
/// actix-web, invalid HTTP, and missing database connections.
const LOG_FILTER: &str = "info,actix_server=warn,actix_http=off,r2d2=off";

/// Runs the server until a stop signal, and then finishes requests in flight.
pub(crate) fn serve(settings: &ServeSettings) -> Result<(), Failure> {
    let system = rt::System::new();
    // First: a supervisor may send SIGHUP while the start still waits for its database.
    system.block_on(async { hangup::ignore(settings.network.tls.is_on()) })?;
    let log = telemetry::log::behind(LOG_FILTER).map_err(|error| format!("logging: {error}"))?;
    let secret = session_secret::Source::of(&settings.store.url()?)?;
    let listeners = Listeners::of(settings)?;
    let store = settings.store.open_patiently(settings.database_connections)?;
    // Before signals are handled, because reading a pipe waits for its writer.
    let first_admin = FirstAdmin::of(&store, &settings.admin_name)?;
    let secret = secret.load()?;
    exposed_files::warn(settings);
    let (services, hasher) = services::start(settings, &store, secret)?;
    let dropped_log_lines = log.dropped_lines();
    let serving =
        run(settings, listeners, &store, &services, hasher, first_admin, dropped_log_lines);
    let served = system.block_on(serving);
    // Also after a failed start, which has read the used signatures as well.
    services
        .sessions
        .stop()
        .unwrap_or_else(|error| log::warn!("saving the used signatures: {error}"));
    served?;
    // The next start does the work that fails here.
    store.close().unwrap_or_else(|error| log::warn!("{error}"));
    log::info!("stopped");
    Ok(())
}

async fn run(
    settings: &ServeSettings,
    listeners: Listeners<'_>,
    store: &Store,
    services: &Arc<Services>,
    hasher: Arc<PasswordHasher>,
    first_admin: FirstAdmin,
    dropped_log_lines: Arc<Counter>,
) -> Result<(), Failure> {
    let failed = |error: io::Error| Failure::from(format!("serving: {error}"));
    let signals = Signals::listen().map_err(|error| format!("listening for signals: {error}"))?;
    let draining = Draining::default();
    let statistics = settings.metrics_listen.as_ref().map(|_| HttpStatistics::default());
    let options = ServerOptions {
        services: Arc::clone(services),
        base_path: settings.proxies.base_path(),
        forwarding: listeners.forwarding.clone(),
        draining: draining.clone(),
        tls: listeners.certificate.as_ref().map(Certificate::server).transpose()?,
        limits: listeners.limits,
        cors_origins: listeners.cors_origins.clone(),
        statistics: statistics.clone(),
    };
    let bound = listeners.bind()?;
    let base_path = options.base_path.clone();
    let greeting = Greeting::of(&bound, options.tls.is_some(), base_path);
    let server = rollcall_http::server(bound, &options).map_err(failed)?;
    if let Some((address, http)) = settings.metrics_listen.as_ref().zip(statistics) {
        let (store, max_session_age) = (store.clone(), settings.sessions.max_age());
        let sources = Sources { http, hasher, store, max_session_age, dropped_log_lines };
        serve_metrics(address, sources)?;
    }
    // After the port is bound: a failed bind would waste the password that is printed once.
    first_admin.ensure(store, &services.users)?;
    rt::spawn(skeletons::keep_filled(store.clone()));
    rt::spawn(stop_on_signal(signals, server.handle(), draining, settings.drain()));
    if let Some(certificate) = listeners.certificate {
        let reloading = tls::reload::reload_on_change(certificate);
        rt::spawn(reloading.map_err(|error| format!("listening for signals: {error}"))?);
    }
    store
        .watch_for_damage()
        .unwrap_or_else(|error| log::warn!("checking the database file: {error}"));
    greeting.log(&settings.store.url()?, store);
    if let Some((address, has_tls)) = greeting.own_address() {
        supervisor::notify_while_answering(address, has_tls)
            .map_err(|error| format!("starting a thread: {error}"))?;
    }
    server.await.map_err(failed)
}

/// Serves metrics on `address` until the process ends, including its drain.
fn serve_metrics(address: &str, sources: Sources) -> Result<(), Failure> {
    let listen = ListenAddress::metrics(address);
    let (server, addresses) =
        metrics::server(&listen.look_up()?[..], sources).map_err(|error| listen.failure(&error))?;
    rt::spawn(server);
    for address in addresses {
        log::info!("metrics on http://{address}/metrics");
    }
    Ok(())
}

/// Stops the server at the first signal: it reports not ready, keeps serving for `drain`, and then
/// finishes requests in flight. A second signal stops it at once.
async fn stop_on_signal(
    mut signals: Signals,
    server: ServerHandle,
    draining: Draining,
    drain: Duration,
) {
    signals.next().await;
    log::info!("stopping");
    draining.begin();
    supervisor::notify_of_the_stop();
    let at_once = server.clone();
    rt::spawn(async move {
        signals.next().await;
        at_once.stop(false).await;
    });
    rt::time::sleep(drain).await;
    server.stop(true).await;
}

/// Ctrl-C and SIGTERM. Once this exists, neither ends the process directly.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        let terminate = signal(SignalKind::terminate())?;
        Ok(Self { terminate, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits for either.
    async fn next(&mut self) {
        poll_fn(|context| {
            if self.terminate.poll_recv(context).is_ready()
                || self.interrupt.poll_recv(context).is_ready()
            {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    }
}
