//! What holds for every request and every answer, whatever they are about.

use std::rc::Rc;

use actix_web::{
    Error, HttpResponse,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        ConnectionType,
        header::{CACHE_CONTROL, HeaderMap, HeaderValue},
    },
    middleware::Next,
};
use rollcall_api_spec::EndpointSet;

use crate::{connection::Connection, envelope, error::ApiError, security_headers};

/// Has a request answered: refuses what comes over a connection too many, says when the connection ends,
/// and adds the headers that every answer has.
pub(crate) async fn answer(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse, Error> {
    let connection = request.conn_data::<Rc<Connection>>().cloned();
    let _answering = connection.as_ref().map(Connection::answer);
    let is_secure = connection.as_ref().is_some_and(|connection| connection.is_secure());
    let is_surplus = connection.as_ref().is_some_and(|connection| connection.is_surplus());
    // actix-web ends a connection after a request that asks for another protocol, as Java's client and
    // `curl --http2` do, and says `Connection: upgrade` instead of `close`: the client would send its
    // next request there.
    let is_upgrade = request.head().upgrade();
    let mut response = if is_surplus && !request.path().starts_with("/health/") {
        let refusal = refuse(&request, &ApiError::TooManyConnections);
        request.into_response(refusal)
    } else {
        next.call(request).await?
    };
    if is_upgrade || connection.is_some_and(|connection| connection.is_last()) {
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    add_headers(response.headers_mut(), is_secure);
    Ok(response)
}

/// Adds the headers that every answer has.
pub(crate) fn add_headers(headers: &mut HeaderMap, is_secure: bool) {
    if !headers.contains_key(CACHE_CONTROL) {
        headers.append(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    security_headers::add(headers, is_secure);
}

fn refuse(request: &ServiceRequest, error: &ApiError) -> HttpResponse {
    envelope::error_response(request.request(), EndpointSet::of_path(request.path()), error)
}
