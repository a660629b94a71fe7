//! Header fields as parsers take them, and errors as clients get them.

use actix_web::{
    body::MessageBody,
    http::header::{HeaderMap, HeaderName, HeaderValue},
    test::TestRequest,
};
use rollcall_http::parsers::{ApiError, EndpointSet, error_response};

/// The error of a rejected request.
#[derive(Debug)]
pub struct Refusal {
    /// The status of the response.
    pub status: u16,
    /// The body of the response.
    pub body: String,
}

/// Header fields; none if HTTP itself has no such field.
pub fn headers<'a>(fields: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        headers.append(name.parse::<HeaderName>().ok()?, HeaderValue::from_bytes(value).ok()?);
    }
    Some(headers)
}

/// The response to a request of the directory set that fails with `error`.
#[must_use]
pub fn refusal(error: &ApiError) -> Refusal {
    refusal_of(EndpointSet::Directory, error)
}

/// The response to a request of `set` that fails with `error`.
#[must_use]
pub fn refusal_of(set: EndpointSet, error: &ApiError) -> Refusal {
    let response = error_response(&TestRequest::default().to_http_request(), set, error);
    let status = response.status().as_u16();
    let body = response.into_body().try_into_bytes().unwrap_or_default();
    Refusal { status, body: String::from_utf8_lossy(&body).into_owned() }
}
