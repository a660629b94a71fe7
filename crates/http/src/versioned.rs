//! Answers that show one user, with the user's version as `ETag`.

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::{StatusCode, header},
};
use rollcall_domain::Version;
use serde::Serialize;

use crate::{call::private, conditions};

/// The beginning of an answer that shows a user at `version`.
pub(crate) fn versioned(status: StatusCode, version: Version) -> HttpResponseBuilder {
    let mut response = private(status);
    response.insert_header((header::ETAG, conditions::etag(version)));
    response
}

/// The answer to a request that reads a user at `version`: 304 if the client has that already.
pub(crate) fn shown<T: Serialize>(
    request: &HttpRequest,
    version: Version,
    body: impl FnOnce() -> T,
) -> HttpResponse {
    if conditions::client_has(request.headers(), version) {
        return versioned(StatusCode::NOT_MODIFIED, version).finish();
    }
    versioned(StatusCode::OK, version).json(body())
}
