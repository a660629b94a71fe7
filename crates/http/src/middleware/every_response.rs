//! Steps that apply to every request and response.

use std::rc::Rc;

use actix_web::{
    Error, HttpResponse,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{ConnectionType, Method, header::TRANSFER_ENCODING},
    middleware::Next,
};

use crate::{
    connection::state::Connection,
    error::ApiError,
    request::{host, paths::base_path},
    response::{error::error_response, head_answer, headers::add_headers},
};

/// Answers a request: refuses it if its connection is above the limit, announces when the
/// connection closes, and adds the headers of every response.
pub(crate) async fn complete(
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
    let is_chunked = request.headers().contains_key(TRANSFER_ENCODING);
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
    let has_read_body = connection.as_ref().is_some_and(|connection| connection.has_read_body());
    // actix-http would go on reading a body in chunks after the answer, as long as the client sends
    // it. And proxies copy the header of a visitor's request without its body: the next request on
    // the connection would be taken for that body.
    let leaves_body = is_chunked && !has_read_body;
    if let Some(connection) = connection.as_ref().filter(|_| leaves_body) {
        connection.end();
    }
    let is_last = connection.is_some_and(|connection| connection.is_last());
    if is_upgrade || leaves_body || is_last {
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    add_headers(response.headers_mut(), is_secure);
    Ok(if is_head { head_answer::without_body(response) } else { response })
}

fn refuse(request: &ServiceRequest, error: &ApiError) -> HttpResponse {
    error_response(request.request(), base_path::set_of(request.request()), error)
}
