//! HTTP over sockets that keep time.

use std::{future::ready, net::SocketAddr, rc::Rc, sync::Arc, time::Duration};

use actix_http::{HttpService, error::DispatchError};
use actix_server::GracefulShutdownSignal;
use actix_service::{ServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::{
    Error,
    body::MessageBody,
    dev::{AppConfig, ServiceResponse},
    http::KeepAlive,
    rt::net::TcpStream,
};
use tokio_rustls::rustls;

use super::stream::Stream;
use crate::{
    connection::{limiter::ConnectionLimiter, limits::LINGER},
    statistics::HttpStatistics,
};

/// What makes sockets keep time.
pub(crate) fn streams(
    tls: Option<Arc<rustls::ServerConfig>>,
    limiter: ConnectionLimiter,
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
        ready(Ok((Stream::new(socket, address, tls.clone(), &limiter), peer)))
    })
}

/// HTTP over connections that keep time by themselves.
pub(crate) fn http<B: MessageBody + 'static>(
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
