//! Answers that show one user, with the user at its version as `ETag`.

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::{StatusCode, header},
};
use rollcall_api_spec::EndpointSet;
use rollcall_domain::Revision;
use serde::Serialize;

use crate::{api_request::private, conditions};

/// The beginning of an answer of `set` that shows a user at a version.
pub(crate) fn versioned(
    set: EndpointSet,
    status: StatusCode,
    revision: Revision,
) -> HttpResponseBuilder {
    let mut response = private(status);
    response.insert_header((header::ETAG, conditions::etag(set, revision)));
    response
}

/// The answer of `set` to a request that reads a user at a version: 304 if the client has that
/// already.
pub(crate) fn shown<T: Serialize>(
    set: EndpointSet,
    request: &HttpRequest,
    revision: Revision,
    body: impl FnOnce() -> T,
) -> HttpResponse {
    if conditions::client_has(set, request.headers(), revision) {
        return versioned(set, StatusCode::NOT_MODIFIED, revision).finish();
    }
    versioned(set, StatusCode::OK, revision).json(body())
}
