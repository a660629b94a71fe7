//! Steps that apply to every request and response.

use std::rc::Rc;

use actix_web::{
    Error, HttpResponse,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        ConnectionType, Method,
        header::{CACHE_CONTROL, HeaderMap, HeaderValue},
    },
    middleware::Next,
};

use crate::{
    base_path, connection::Connection, envelope, error::ApiError, head_answer, host,
    security_headers,
};

/// Answers a request: refuses it if its connection is above the limit, announces when the
/// connection closes, and adds the headers of every response.
pub(crate) async fn answer(
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse, Error> {
    let connection = request.conn_data::<Rc<Connection>>().cloned();
    let _answering = connection.as_ref().map(Connection::answer);
    let is_secure = connection.as_ref().is_some_and(|connection| connection.is_secure());
    let is_over_limit = connection.as_ref().is_some_and(|connection| connection.is_over_limit());
    let is_probe = base_path::document_path(request.request()).starts_with("/health/");
    // `Upgrade` is removed from requests before, except from pipelined ones. For those actix-web
    // closes the connection but sends `Connection: upgrade`, so a client would send its next
    // request on it.
    let is_upgrade = request.head().upgrade();
    let is_head = request.method() == Method::HEAD;
    let mut response = if is_over_limit && !is_probe {
        let refusal = refuse(&request, &ApiError::TooManyConnections);
        request.into_response(refusal)
    } else if !host::is_valid(request.headers()) {
        let reason = "Host must be a name or an address, with a port or without";
        let refusal = refuse(&request, &ApiError::Malformed(reason.to_owned()));
        request.into_response(refusal)
    } else {
        next.call(request).await?
    };
    if is_upgrade || connection.is_some_and(|connection| connection.is_last()) {
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    add_headers(response.headers_mut(), is_secure);
    Ok(if is_head { head_answer::without_body(response) } else { response })
}

/// Adds the headers of every response.
pub(crate) fn add_headers(headers: &mut HeaderMap, is_secure: bool) {
    if !headers.contains_key(CACHE_CONTROL) {
        headers.append(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    security_headers::add(headers, is_secure);
}

fn refuse(request: &ServiceRequest, error: &ApiError) -> HttpResponse {
    envelope::error_response(request.request(), base_path::set_of(request.request()), error)
}
