//! Headers that tell browsers what not to do with an answer, on every answer.

use actix_web::http::header::{
    CONTENT_SECURITY_POLICY, CROSS_ORIGIN_RESOURCE_POLICY, HeaderMap, HeaderName, HeaderValue,
    REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

const POLICY: (HeaderName, &str) =
    (CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");

const ON_EVERYTHING: [(HeaderName, &str); 4] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "no-referrer"),
    (CROSS_ORIGIN_RESOURCE_POLICY, "same-origin"),
];

/// Once a client has come by TLS, it comes by nothing else for two years.
const OVER_TLS: (HeaderName, &str) = (STRICT_TRANSPORT_SECURITY, "max-age=63072000");

/// The headers of an answer over a connection, be it encrypted or not.
pub(crate) fn for_connection(is_secure: bool) -> impl Iterator<Item = (HeaderName, &'static str)> {
    ON_EVERYTHING.into_iter().chain([POLICY]).chain(is_secure.then_some(OVER_TLS))
}

/// Adds them to `headers`, of which pages have a policy of their own.
pub(crate) fn add(headers: &mut HeaderMap, is_secure: bool) {
    let policy = (!headers.contains_key(POLICY.0)).then_some(POLICY);
    let over_tls = is_secure.then_some(OVER_TLS);
    for (name, value) in ON_EVERYTHING.into_iter().chain(policy).chain(over_tls) {
        // None of them is there yet, and this costs half of what it would to replace them.
        headers.append(name, HeaderValue::from_static(value));
    }
}
