//! Pages of other origins (CORS): none may call unless it is listed.

use std::rc::Rc;

use actix_cors::{Cors, CorsError};
use actix_web::{
    Error,
    body::{EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, header},
    middleware::Next,
};

use crate::{
    connection::state::Connection,
    error::ApiError,
    request::paths::base_path,
    response::{error::error_response, headers::add_headers},
};

/// How long a browser may remember what it has been told, in seconds.
const MAX_AGE: usize = 3600;

/// What an answer to a preflight depends on.
const VARY: &str = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

/// The methods of the paths, but for OPTIONS: what a page may call by.
pub(crate) const METHODS: [Method; 6] =
    [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

/// What a page may read.
const ANSWER_HEADERS: [&str; 6] =
    ["etag", "location", "link", "retry-after", "x-request-id", "www-authenticate"];

/// Whose pages may call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CorsOrigins {
    /// Every origin.
    Any,
    /// Those of these origins, such as `https://app.example.com`.
    Listed(Vec<String>),
}

/// What tells browsers so. Credentials that a browser adds on its own, such as cookies, are not
/// allowed. A page may send any header: tracing and other tools add their own to each request, and
/// none of them gives a page more than it knows by itself.
pub(crate) fn policy(origins: &CorsOrigins) -> Cors {
    let policy = Cors::default()
        .allowed_methods(METHODS)
        .allow_any_header()
        .expose_headers(ANSWER_HEADERS)
        .max_age(MAX_AGE);
    match origins {
        CorsOrigins::Any => policy.allow_any_origin().send_wildcard(),
        CorsOrigins::Listed(origins) => {
            origins.iter().fold(policy, |policy, origin| policy.allowed_origin(origin))
        }
    }
}

/// Has a request answered by those that ask browsers' questions and by those behind them, and
/// makes answers to the questions look like all others.
pub(crate) async fn in_our_form<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<EitherBody<B>>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let connection = request.conn_data::<Rc<Connection>>();
    let is_secure = connection.is_some_and(|connection| connection.is_secure());
    let mut response = next.call(request).await?;
    let refusal = response.response().error().and_then(|error| error.as_error::<CorsError>());
    if let Some(refusal) = refusal.map(|reason| ApiError::Malformed(reason.to_string())) {
        let request = response.request().clone();
        let set = base_path::set_of(&request);
        let mut refused = error_response(&request, set, &refusal);
        refused.headers_mut().insert(header::VARY, header::HeaderValue::from_static(VARY));
        response = ServiceResponse::new(request, refused.map_into_right_body());
    }
    if !response.headers().contains_key(header::X_CONTENT_TYPE_OPTIONS) {
        add_headers(response.headers_mut(), is_secure);
    }
    Ok(response)
}
