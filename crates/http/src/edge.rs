//! What holds for every request and every answer, whatever they are about.

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
    let is_probe = base_path::document_path(request.request()).starts_with("/health/");
    // Such a wish is blotted out before, except in a request that came behind another one. There
    // actix-web ends the connection and says `Connection: upgrade`, so that the client would send
    // its next request on it.
    let is_upgrade = request.head().upgrade();
    let is_head = request.method() == Method::HEAD;
    let mut response = if is_surplus && !is_probe {
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

/// Adds the headers that every answer has.
pub(crate) fn add_headers(headers: &mut HeaderMap, is_secure: bool) {
    if !headers.contains_key(CACHE_CONTROL) {
        headers.append(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    security_headers::add(headers, is_secure);
}

fn refuse(request: &ServiceRequest, error: &ApiError) -> HttpResponse {
    envelope::error_response(request.request(), base_path::set_of(request.request()), error)
}
