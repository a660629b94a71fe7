//! Sockets, connections, HTTP and the application, put together.

use std::{io, rc::Rc, sync::Arc, thread};

use actix_server::{Server, ServerBuilder};
use actix_service::{IntoServiceFactory, ServiceFactory, ServiceFactoryExt};
use actix_web::{
    App, Error,
    dev::{ServiceRequest, ServiceResponse},
    middleware::{Next, from_fn},
    web,
};
use tokio_rustls::rustls;

use crate::{
    connection::{limiter::ConnectionLimiter, limits::Limits},
    handlers::health::Draining,
    middleware::{
        cors::{self, CorsOrigins},
        every_response,
        request_log::log_request,
    },
    request::{body::BodyTimeout, client_address::Forwarding, paths::base_path::BasePath},
    routes,
    services::{Services, WorkerServices},
    socket::{
        http::{http, streams},
        listener::{Listener, Pages},
    },
    statistics::HttpStatistics,
};

/// How long requests that are in flight may take to finish once the server is told to stop, in
/// seconds.
const SHUTDOWN_TIMEOUT: u64 = 30;

/// What a server answers from, and how.
#[derive(Clone)]
pub struct ServerOptions {
    /// The use cases.
    pub services: Arc<Services>,
    /// The path that everything is mounted below.
    pub base_path: BasePath,
    /// Which proxies are believed about the addresses of clients.
    pub forwarding: Forwarding,
    /// Once this has begun, the server is not ready any more.
    pub draining: Draining,
    /// The other end of TLS. Without it, nothing is encrypted.
    pub tls: Option<Arc<rustls::ServerConfig>>,
    /// What clients may take.
    pub limits: Limits,
    /// Whose pages may call, other than the server's own.
    pub cors_origins: Option<CorsOrigins>,
    /// The counters of requests, if metrics are served.
    pub statistics: Option<HttpStatistics>,
}

/// A server on `listeners`. It runs until its handle stops it: signals are the caller's business.
///
/// # Errors
/// When the system does not let it listen.
pub fn server(listeners: Vec<Listener>, options: &ServerOptions) -> io::Result<Server> {
    let workers = thread::available_parallelism().map_or(2, usize::from);
    let limiter = ConnectionLimiter::new(options.limits);
    let mut server = Server::build()
        .workers(workers)
        .max_concurrent_connections(options.limits.accepted_by_each(workers))
        .disable_signals()
        .shutdown_timeout(SHUTDOWN_TIMEOUT);
    for listener in listeners {
        server = listen(server, listener, options.clone(), limiter.clone())?;
    }
    Ok(server.run())
}

fn listen(
    server: ServerBuilder,
    listener: Listener,
    options: ServerOptions,
    limiter: ConnectionLimiter,
) -> io::Result<ServerBuilder> {
    let Listener { socket, pages } = listener;
    let stopping = server.graceful_shutdown_signal();
    let streams = {
        let tls = options.tls.clone();
        move || streams(tls.clone(), limiter.clone())
    };
    // Without allowed origins, requests skip the check of `Origin`.
    match options.cors_origins.clone() {
        None => server.listen("http", socket, move || {
            let app = app(&options, pages).wrap(from_fn(|request, next| {
                log_request(request, move |request| every_response::complete(request, next))
            }));
            let statistics = options.statistics.clone();
            streams().and_then(http(app.into_factory(), stopping.clone(), statistics))
        }),
        Some(origins) => server.listen("http", socket, move || {
            let app = app(&options, pages).wrap(from_fn(every_response::complete));
            let app = app.wrap(cors::policy(&origins)).wrap(from_fn(cors::in_our_form));
            let app = app.wrap(from_fn(|request, next: Next<_>| {
                log_request(request, move |request| next.call(request))
            }));
            let statistics = options.statistics.clone();
            streams().and_then(http(app.into_factory(), stopping.clone(), statistics))
        }),
    }
}

/// What answers requests.
fn app(
    options: &ServerOptions,
    pages: Pages,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse,
        Error = Error,
        InitError = (),
    > + use<>,
> {
    let mut app = App::new();
    if let Some(statistics) = &options.statistics {
        app = app.app_data(statistics.worker());
    }
    app.app_data::<WorkerServices>(Rc::new(Arc::clone(&options.services)))
        .app_data(web::Data::new(options.forwarding.clone()))
        .app_data(options.draining.clone())
        .app_data(BodyTimeout(options.limits.body_timeout))
        .app_data(options.base_path.clone())
        .configure(|config| routes::mount(config, pages, &options.base_path))
}
