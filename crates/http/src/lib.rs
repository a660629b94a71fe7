//! The HTTP face: routes mounted from the published document, thin handlers, credentials, and
//! every error in the envelope of its set.
//!
//! [`server()`] is the one way in, for the binary and its tests alike.

mod audit;
mod audit_query;
mod body;
mod call;
mod client_address;
mod conditions;
mod credentials;
mod description;
mod directory;
mod docs;
mod envelope;
mod error;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod health;
mod list;
mod page_query;
mod page_token;
mod pieces;
mod portal;
mod request_log;
mod routes;
mod statistics;
mod tokens;

use std::{
    io,
    net::{SocketAddr, ToSocketAddrs},
    sync::Arc,
};

use actix_web::{
    App, Error, HttpServer,
    body::MessageBody,
    dev::{Server, ServiceRequest, ServiceResponse},
    http::ConnectionType,
    middleware::{Next, from_fn},
    web,
};
pub use client_address::TrustedProxies;
pub use health::Draining;
pub use rollcall_api_spec::{document_json, document_yaml};
use rollcall_domain::{SessionService, UserService};
pub use statistics::{HttpSnapshot, HttpStatistics, OperationStatistics};

/// How long requests that are in flight may take to finish once the server is told to stop, in
/// seconds.
const SHUTDOWN_TIMEOUT: u64 = 30;

/// What a server answers from, and how.
pub struct ServerOptions {
    /// The users.
    pub users: Arc<UserService>,
    /// Their sessions.
    pub sessions: Arc<SessionService>,
    /// The proxies that are believed what they say of where a request comes from.
    pub proxies: TrustedProxies,
    /// Once this has begun, the server is not ready any more.
    pub draining: Draining,
    /// Where what it does is counted, if anybody wants to know.
    pub statistics: Option<HttpStatistics>,
}

/// A server that listens on `address`, and the addresses that it got. It runs until its handle stops
/// it: signals are the caller's business.
///
/// # Errors
/// When nothing can listen there.
pub fn server(
    address: impl ToSocketAddrs,
    options: ServerOptions,
) -> io::Result<(Server, Vec<SocketAddr>)> {
    let ServerOptions { users, sessions, proxies, draining, statistics } = options;
    let (users, sessions) = (web::Data::from(users), web::Data::from(sessions));
    let proxies = web::Data::new(proxies);
    let connections = statistics.clone();
    let server = HttpServer::new(move || {
        let mut app = App::new();
        if let Some(statistics) = &statistics {
            app = app.app_data(statistics.worker());
        }
        app.app_data(users.clone())
            .app_data(sessions.clone())
            .app_data(proxies.clone())
            .app_data(draining.clone())
            .configure(routes::mount)
            .wrap(from_fn(request_log::log_request))
            .wrap(from_fn(end_upgrade))
    })
    .bind(address)?
    .disable_signals()
    .shutdown_timeout(SHUTDOWN_TIMEOUT);
    let server = match connections {
        Some(statistics) => server.on_connect(move |_, data| {
            data.insert(statistics.connection());
        }),
        None => server,
    };
    let addresses = server.addrs();
    Ok((server.run(), addresses))
}

/// actix-web ends a connection after a request that asks for another protocol, as Java's client and
/// `curl --http2` do, and says `Connection: upgrade` instead of `close`: the client would send its
/// next request there.
async fn end_upgrade(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let upgrade = request.head().upgrade();
    let mut response = next.call(request).await?;
    if upgrade {
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    Ok(response)
}
