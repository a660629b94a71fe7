//! `rollcall serve`: wiring, start and stop.

use std::{future::poll_fn, io, sync::Arc, task::Poll, time::Duration};

use actix_web::{
    dev::ServerHandle,
    rt::{
        self,
        signal::unix::{Signal, SignalKind, signal},
    },
};
use rollcall_domain::{
    ChangeBudget, SessionService, UserService, session::UserSessions, statistics::Counter,
};
use rollcall_http::{Draining, HttpStatistics, ServerOptions};
use rollcall_metrics::Sources;
use rollcall_persistence::Store;

use crate::{
    admin,
    edge::Edge,
    exposed_files,
    failure::Failure,
    greeting::Greeting,
    hangup, hashing, logging, passwords, session_secret,
    settings::{ListenAddress, ServeSettings, StoreSettings},
    skeletons,
    tls::{self, Certificate},
};

/// What is logged unless `RUST_LOG` says otherwise: neither actix-web's own start and stop are news,
/// nor is what strangers send that is not HTTP, and each request says itself that there is no connection.
const LOG_FILTER: &str = "info,actix_server=warn,actix_http=off,r2d2=off";

/// Answers requests until told to stop; then finishes those in flight.
pub(crate) fn serve(settings: &ServeSettings) -> Result<(), Failure> {
    let log = logging::behind(LOG_FILTER).map_err(|error| format!("logging: {error}"))?;
    let secret = session_secret::Source::of(&settings.store.url()?)?;
    // Before signals are handled: it may come by a pipe, which takes as long as its writer.
    passwords::from_environment()?;
    let edge = Edge::of(settings)?;
    let store = settings.store.open_patiently(settings.database_connections)?;
    let secret = secret.load()?;
    exposed_files::warn(settings);
    let cost = settings.store.bcrypt_cost();
    let registration = settings.registration.into();
    let users = StoreSettings::users(store.clone(), cost, registration, settings.limits())?
        .with_budget(ChangeBudget::new(settings.changes_per_user))
        .with_names(settings.names.into());
    hashing::raise_store_cost(&users, cost)
        .map_err(|error| settings.store.database.failure(&error))?;
    let sessions = UserSessions::new(Arc::new(store.clone()), settings.sessions.max_age());
    let sessions = SessionService::start(sessions, secret, settings.signing_policy())
        .map_err(|error| format!("taking over which signatures were used: {error}"))?;
    let (users, sessions) = (Arc::new(users), Arc::new(sessions));
    let (system, session_service) = (rt::System::new(), Arc::clone(&sessions));
    let dropped_log_lines = log.dropped_lines();
    let serving = run(settings, edge, &store, users, session_service, dropped_log_lines);
    let served = system.block_on(serving);
    // A start that failed has taken it over, too.
    sessions
        .stop()
        .unwrap_or_else(|error| log::warn!("keeping which signatures were used: {error}"));
    served?;
    // What is left undone here is done at the next start.
    store.close().unwrap_or_else(|error| log::warn!("{error}"));
    log::info!("stopped");
    Ok(())
}

async fn run(
    settings: &ServeSettings,
    edge: Edge<'_>,
    store: &Store,
    users: Arc<UserService>,
    sessions: Arc<SessionService>,
    dropped_log_lines: Arc<Counter>,
) -> Result<(), Failure> {
    let failed = |error: io::Error| Failure::from(format!("serving: {error}"));
    let signals = Signals::listen().map_err(|error| format!("listening for signals: {error}"))?;
    hangup::ignore(edge.certificate.is_some())?;
    let draining = Draining::default();
    let statistics = settings.metrics_listen.as_ref().map(|_| HttpStatistics::default());
    let options = ServerOptions {
        users: Arc::clone(&users),
        sessions,
        base_path: settings.proxies.base_path(),
        forwarding: edge.forwarding.clone(),
        draining: draining.clone(),
        tls: edge.certificate.as_ref().map(Certificate::server).transpose()?,
        limits: edge.limits,
        cors_origins: edge.cors_origins.clone(),
        statistics: statistics.clone(),
    };
    let listeners = edge.bind()?;
    let base_path = options.base_path.clone();
    let greeting = Greeting::of(&listeners, options.tls.is_some(), base_path);
    let server = rollcall_http::server(listeners, &options).map_err(failed)?;
    if let Some((address, http)) = settings.metrics_listen.as_ref().zip(statistics) {
        let (users, store) = (Arc::clone(&users), store.clone());
        let max_session_age = settings.sessions.max_age();
        let sources = Sources { http, users, store, max_session_age, dropped_log_lines };
        give_metrics(address, sources)?;
    }
    // Once the port is ours: a password that is printed once must not be printed in vain.
    admin::ensure(&users, &settings.admin_name)?;
    rt::spawn(skeletons::keep_filled(store.clone()));
    rt::spawn(stop_on_signal(signals, server.handle(), draining, settings.drain()));
    if let Some(certificate) = edge.certificate {
        rt::spawn(tls::keep_up(certificate));
    }
    store
        .watch_for_damage()
        .unwrap_or_else(|error| log::warn!("checking the database file: {error}"));
    greeting.say(&settings.store.url()?, store);
    server.await.map_err(failed)
}

/// Gives metrics on `address` for as long as the process runs, while it stops too.
fn give_metrics(address: &str, sources: Sources) -> Result<(), Failure> {
    let listen = ListenAddress::metrics(address);
    let (server, addresses) = rollcall_metrics::server(&listen.look_up()?[..], sources)
        .map_err(|error| listen.failure(&error))?;
    rt::spawn(server);
    for address in addresses {
        log::info!("metrics on http://{address}/metrics");
    }
    Ok(())
}

/// Stops the server at the first signal: it says that it is not ready, goes on for the time of the
/// `drain`, and then finishes what it has begun. The second signal stops it at once.
async fn stop_on_signal(
    mut signals: Signals,
    server: ServerHandle,
    draining: Draining,
    drain: Duration,
) {
    signals.next().await;
    log::info!("stopping");
    draining.begin();
    let at_once = server.clone();
    rt::spawn(async move {
        signals.next().await;
        at_once.stop(false).await;
    });
    rt::time::sleep(drain).await;
    server.stop(true).await;
}

/// Ctrl-C and SIGTERM. From its making on neither ends the process by itself.
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
