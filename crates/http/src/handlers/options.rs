//! Answers to OPTIONS (RFC 9110, section 9.3.7): what a path takes, or the server as a whole.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, header},
};

use crate::{
    middleware::cors::METHODS,
    response::error::{ACCEPT_PATCH, PATCH_TYPES},
};

/// The target that means the server as a whole.
const SERVER: &str = "*";

/// The answer about a path that takes the methods of `allow`.
pub(crate) fn of_path(allow: &str) -> HttpResponse {
    let mut response = HttpResponse::NoContent();
    response.insert_header((header::ALLOW, allow));
    // RFC 5789, section 3.1.
    if allow.split(", ").any(|method| method == Method::PATCH.as_str()) {
        response.insert_header((ACCEPT_PATCH, PATCH_TYPES));
    }
    response.finish()
}

/// The answer about the server, if `request` asks for that: the methods of all paths together.
pub(crate) fn of_server(request: &HttpRequest) -> Option<HttpResponse> {
    let is_about_server = request.method() == Method::OPTIONS && request.path() == SERVER;
    let methods = METHODS.iter().chain([&Method::OPTIONS]).map(Method::as_str);
    let allow = || methods.collect::<Vec<_>>().join(", ");
    is_about_server
        .then(|| HttpResponse::NoContent().insert_header((header::ALLOW, allow())).finish())
}
