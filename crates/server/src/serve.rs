//! `rollcall serve`: wiring, start and stop.

use std::{io, sync::Arc};

use actix_web::{
    dev::ServerHandle,
    rt::{
        self,
        signal::unix::{SignalKind, signal},
    },
};
use rollcall_domain::{SessionService, UserService};

use crate::{admin, failure::Failure, logging, session_secret, settings::ServeSettings};

/// What is logged unless `RUST_LOG` says otherwise: neither actix-web's own start and stop are news,
/// nor is what strangers send that is not HTTP.
const LOG_FILTER: &str = "info,actix_server=warn,actix_http=off";

/// Answers requests until told to stop; then finishes those in flight.
pub(crate) fn serve(settings: &ServeSettings) -> Result<(), Failure> {
    let _log = logging::behind(LOG_FILTER);
    let secret = session_secret::Source::of(&settings.store.url()?)?;
    let store = settings.store.open_patiently()?;
    let secret = secret.load()?;
    let users =
        settings.store.users(store.clone(), settings.registration.into(), settings.limits())?;
    let sessions = SessionService::new(Arc::new(store.clone()), secret, settings.signing_policy());
    rt::System::new().block_on(run(settings, Arc::new(users), Arc::new(sessions)))?;
    // What is left undone here is done at the next start.
    store.checkpoint().unwrap_or_else(|error| log::warn!("{error}"));
    log::info!("stopped");
    Ok(())
}

async fn run(
    settings: &ServeSettings,
    users: Arc<UserService>,
    sessions: Arc<SessionService>,
) -> Result<(), Failure> {
    let failed = |error: io::Error| {
        let accepted = format!("must be a HOST:PORT to listen on: {}: {error}", settings.listen);
        Failure::of_setting("listen", &accepted)
    };
    let (server, addresses) =
        rollcall_http::server(&settings.listen, Arc::clone(&users), sessions, settings.proxies())
            .map_err(failed)?;
    // Once the port is ours: a password that is printed once must not be printed in vain.
    admin::ensure(&users, &settings.admin_name)?;
    rt::spawn(stop_on_signal(server.handle()));
    for address in addresses {
        log::info!("listening on http://{address}");
    }
    server.await.map_err(failed)
}

/// Stops the server at the first signal once it has answered what it has begun, and at the second
/// at once.
async fn stop_on_signal(server: ServerHandle) {
    next_signal().await;
    log::info!("stopping");
    let graceful = rt::spawn(server.stop(true));
    rt::spawn(async move {
        next_signal().await;
        server.stop(false).await;
    });
    let _ = graceful.await;
}

/// Waits for Ctrl-C or SIGTERM.
async fn next_signal() {
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        log::error!("signals can't be received: stop the process by force");
        return std::future::pending().await;
    };
    std::future::poll_fn(|context| {
        if terminate.poll_recv(context).is_ready() || interrupt.poll_recv(context).is_ready() {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
}
