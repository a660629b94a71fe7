//! Answers that show one user, with the user at its version as `ETag`.

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    body::BoxBody,
    error::JsonPayloadError,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
};
use rollcall_api_spec::EndpointSet;
use rollcall_domain::{Revision, User};
use serde::Serialize;

use crate::{
    request::conditions,
    response::{
        headers::{PRIVATE, private},
        rendered_users::{RenderedUser, rendered},
    },
};

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

/// The answer of `set` to a request that reads a user: 304 if the client has that version already.
pub(crate) fn shown<T: Serialize>(
    set: EndpointSet,
    request: &HttpRequest,
    user: User,
    to_wire: fn(User) -> T,
) -> HttpResponse {
    if conditions::client_has(set, request.headers(), user.revision()) {
        return versioned(set, StatusCode::NOT_MODIFIED, user.revision()).finish();
    }
    whole(set, user, PRIVATE, to_wire)
}

/// The answer of `set` that shows `user`, whatever the client has, with these rules for caches.
pub(crate) fn whole<T: Serialize>(
    set: EndpointSet,
    user: User,
    cache_control: HeaderValue,
    to_wire: fn(User) -> T,
) -> HttpResponse {
    let RenderedUser { body, etag } = match rendered(set, user, to_wire) {
        Ok(rendered) => rendered,
        Err(error) => return HttpResponse::from_error(JsonPayloadError::Serialize(error)),
    };
    let mut response = HttpResponse::with_body(StatusCode::OK, BoxBody::new(body));
    let headers = response.headers_mut();
    headers.append(header::CACHE_CONTROL, cache_control);
    headers.append(header::ETAG, etag);
    headers.append(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
