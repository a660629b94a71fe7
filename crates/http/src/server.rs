//! Sockets, connections, HTTP and the application, put together.

use std::{
    future::ready,
    io,
    net::{SocketAddr, TcpListener, ToSocketAddrs},
    rc::Rc,
    sync::Arc,
    thread,
    time::Duration,
};

use actix_http::{HttpService, error::DispatchError};
use actix_server::{GracefulShutdownSignal, Server, ServerBuilder};
use actix_service::{
    IntoServiceFactory, ServiceFactory, ServiceFactoryExt, fn_service, map_config,
};
use actix_web::{
    App, Error,
    body::MessageBody,
    dev::{AppConfig, ServiceRequest, ServiceResponse},
    http::KeepAlive,
    middleware::from_fn,
    rt::net::TcpStream,
    web,
};
use rollcall_domain::{SessionService, UserService};

use tokio_rustls::rustls;

use crate::{
    base_path::BasePath,
    body::BodyTimeout,
    client_address::Forwarding,
    connection::{ConnectionLimiter, Limits, Stream},
    cors::{self, CorsOrigins},
    edge,
    health::Draining,
    request_log, routes,
    statistics::HttpStatistics,
};

/// How long requests that are in flight may take to finish once the server is told to stop, in
/// seconds.
const SHUTDOWN_TIMEOUT: u64 = 30;

/// How long a connection is read from on which an answer came before the whole request was there: a
/// client that is still sending might else miss the answer.
const LINGER: Duration = Duration::from_secs(1);

/// What a server answers from, and how.
#[derive(Clone)]
pub struct ServerOptions {
    /// The users.
    pub users: Arc<UserService>,
    /// Their sessions.
    pub sessions: Arc<SessionService>,
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

/// Where a server listens, and what for.
pub struct Listener {
    socket: TcpListener,
    with_docs: bool,
}

impl Listener {
    /// Listens on every address that `address` names, for requests and, with `with_docs`, those for
    /// the documents and Swagger UI.
    ///
    /// # Errors
    /// When that is possible on none of them.
    pub fn bind(address: impl ToSocketAddrs, with_docs: bool) -> io::Result<Vec<Self>> {
        let mut failure = io::Error::from(io::ErrorKind::AddrNotAvailable);
        let mut listeners = Vec::new();
        for address in address.to_socket_addrs()? {
            match TcpListener::bind(address) {
                Ok(socket) => listeners.push(Self { socket, with_docs }),
                Err(error) => failure = error,
            }
        }
        if listeners.is_empty() { Err(failure) } else { Ok(listeners) }
    }

    /// The address that it got.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Whether the documents and Swagger UI are there.
    #[must_use]
    pub fn has_docs(&self) -> bool {
        self.with_docs
    }
}

/// A server on `listeners`. It runs until its handle stops it: signals are the caller's business.
///
/// # Errors
/// When the system does not let it listen.
pub fn server(listeners: Vec<Listener>, options: &ServerOptions) -> io::Result<Server> {
    let workers = thread::available_parallelism().map_or(2, usize::from);
    let crowd = ConnectionLimiter::new(options.limits);
    let mut server = Server::build()
        .workers(workers)
        .max_concurrent_connections(options.limits.accepted_by_each(workers))
        .disable_signals()
        .shutdown_timeout(SHUTDOWN_TIMEOUT);
    for listener in listeners {
        server = listen(server, listener, options.clone(), crowd.clone())?;
    }
    Ok(server.run())
}

fn listen(
    server: ServerBuilder,
    listener: Listener,
    options: ServerOptions,
    crowd: ConnectionLimiter,
) -> io::Result<ServerBuilder> {
    let Listener { socket, with_docs } = listener;
    let stopping = server.graceful_shutdown_signal();
    let streams = {
        let tls = options.tls.clone();
        move || streams(tls.clone(), crowd.clone())
    };
    // Without allowed origins, requests skip the check of `Origin`.
    match options.cors_origins.clone() {
        None => server.listen("http", socket, move || {
            let app = app(&options, with_docs).wrap(from_fn(request_log::log_request));
            let statistics = options.statistics.clone();
            streams().and_then(http(app.into_factory(), stopping.clone(), statistics))
        }),
        Some(origins) => server.listen("http", socket, move || {
            let app = app(&options, with_docs).wrap(cors::policy(&origins));
            let app = app.wrap(from_fn(cors::in_our_form)).wrap(from_fn(request_log::log_request));
            let statistics = options.statistics.clone();
            streams().and_then(http(app.into_factory(), stopping.clone(), statistics))
        }),
    }
}

/// What makes sockets keep time.
fn streams(
    tls: Option<Arc<rustls::ServerConfig>>,
    crowd: ConnectionLimiter,
) -> impl ServiceFactory<
    TcpStream,
    Config = (),
    Response = (Stream, Option<SocketAddr>),
    Error = DispatchError,
    InitError = (),
> {
    fn_service(move |socket: TcpStream| {
        let peer = socket.peer_addr().ok();
        let address = peer.map(|peer| peer.ip());
        ready(Ok((Stream::new(socket, address, tls.clone(), &crowd), peer)))
    })
}

/// HTTP over connections that keep time by themselves.
fn http<B: MessageBody + 'static>(
    app: impl ServiceFactory<
        actix_http::Request,
        Config = AppConfig,
        Response = ServiceResponse<B>,
        Error = Error,
        InitError = (),
    > + 'static,
    stopping: GracefulShutdownSignal,
    statistics: Option<HttpStatistics>,
) -> impl ServiceFactory<
    (Stream, Option<SocketAddr>),
    Config = (),
    Response = (),
    Error = DispatchError,
    InitError = (),
> {
    let app = app.map_err(|error: Error| error.error_response());
    HttpService::build()
        .keep_alive(KeepAlive::Os)
        .client_request_timeout(Duration::ZERO)
        .client_disconnect_timeout(LINGER)
        .graceful_shutdown_signal(move || {
            let stopping = stopping.clone();
            async move { stopping.notified().await }
        })
        .on_connect_ext(move |stream: &Stream, data| {
            data.insert(Rc::clone(stream.connection()));
            if let Some(statistics) = &statistics {
                data.insert(statistics.connection());
            }
        })
        .h1(map_config(app, |()| AppConfig::default()))
}

/// What answers requests.
fn app(
    options: &ServerOptions,
    with_docs: bool,
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
    app.app_data(web::Data::from(Arc::clone(&options.users)))
        .app_data(web::Data::from(Arc::clone(&options.sessions)))
        .app_data(web::Data::new(options.forwarding.clone()))
        .app_data(options.draining.clone())
        .app_data(BodyTimeout(options.limits.body_timeout))
        .app_data(options.base_path.clone())
        .configure(|config| routes::mount(config, with_docs, &options.base_path))
        .wrap(from_fn(edge::answer))
}
