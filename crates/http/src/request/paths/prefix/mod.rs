//! Paths that stand before those of the document, and which resource a signature over such a path
//! is good for.
//!
//! A signature covers a path, and an attacker who has captured one may claim any prefix. So none is
//! accepted that could turn the path of one resource into that of another one. Whatever a request
//! claims, a signed path means the longest end of it that is a path of the document, and no other.

use actix_web::{HttpRequest, http::header::HeaderName};

use crate::request::{
    client_address,
    paths::{
        base_path,
        document_paths::{is_ambiguous, is_well_formed},
    },
};

const X_FORWARDED_PREFIX: HeaderName = HeaderName::from_static("x-forwarded-prefix");

/// The paths that the sender of `request` may have signed instead of the one that came: those from
/// before trusted proxies took a prefix off. Some proxies put another path in the place of the base
/// path, and some take theirs off the front of it.
pub(crate) fn paths_before_proxies(request: &HttpRequest) -> Vec<String> {
    let Some(prefix) = forwarded_prefix(request) else { return Vec::new() };
    let base = base_path::of(request);
    let Some(path) = base.document_path(request.uri().path()) else { return Vec::new() };
    let mut prefixes = vec![format!("{prefix}{base}"), prefix.to_owned()];
    prefixes.dedup();
    prefixes.retain(|prefix| !is_ambiguous(prefix));
    prefixes.iter().map(|prefix| format!("{prefix}{path}")).collect()
}

/// The prefix that a trusted proxy has taken off, if it says one, once.
fn forwarded_prefix(request: &HttpRequest) -> Option<&str> {
    let mut values = request.headers().get_all(X_FORWARDED_PREFIX);
    let value = values.next()?.to_str().ok()?;
    let is_alone = values.next().is_none();
    // Traefik says `/prov/` where its own setting is that.
    let prefix = value.strip_suffix('/').unwrap_or(value);
    let counts =
        is_alone && is_well_formed(prefix) && client_address::is_from_trusted_proxy(request);
    counts.then_some(prefix)
}

#[cfg(test)]
mod tests;
