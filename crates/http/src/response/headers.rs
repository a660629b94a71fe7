//! Headers of responses: for caches, and on every response for the security of browsers.

use actix_web::{
    HttpResponse, HttpResponseBuilder,
    http::{
        StatusCode,
        header::{
            CACHE_CONTROL, CONTENT_SECURITY_POLICY, CROSS_ORIGIN_RESOURCE_POLICY, HeaderMap,
            HeaderName, HeaderValue, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
            X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
        },
    },
};

const POLICY: (HeaderName, &str) =
    (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");

const ON_EVERYTHING: [(HeaderName, &str); 4] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "no-referrer"),
    (CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
];

/// For two years after a response over TLS, browsers use TLS only.
const OVER_TLS: (HeaderName, &str) = (STRICT_TRANSPORT_SECURITY, "max-age=63072000");

/// The headers of a response, depending on whether the connection is encrypted.
pub(crate) fn for_connection(is_secure: bool) -> impl Iterator<Item = (HeaderName, &'static str)> {
    ON_EVERYTHING.into_iter().chain([POLICY]).chain(is_secure.then_some(OVER_TLS))
}

/// Adds the headers to `headers`. A page's own policy is kept.
fn add_security_headers(headers: &mut HeaderMap, is_secure: bool) {
    let policy = (!headers.contains_key(POLICY.0)).then_some(POLICY);
    let over_tls = is_secure.then_some(OVER_TLS);
    for (name, value) in ON_EVERYTHING.into_iter().chain(policy).chain(over_tls) {
        // None of these headers is present yet, and appending costs half of what replacing does.
        headers.append(name, HeaderValue::from_static(value));
    }
}

/// Adds the headers of every response.
pub(crate) fn add_headers(headers: &mut HeaderMap, is_secure: bool) {
    if !headers.contains_key(CACHE_CONTROL) {
        headers.append(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    add_security_headers(headers, is_secure);
}

/// The rules for answers about users: caches neither share them nor reuse them without asking.
pub(crate) const PRIVATE: HeaderValue = HeaderValue::from_static("private, no-cache");

/// Starts a response about users.
pub(crate) fn private(status: StatusCode) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response.insert_header((CACHE_CONTROL, PRIVATE));
    response
}
