//! Paths that stand before those of the document, and which resource a signature over such a path
//! is good for.
//!
//! A signature covers a path, and an attacker who has captured one may claim any prefix. So none is
//! accepted that could turn the path of one resource into that of another one. Whatever a request
//! claims, a signed path means the longest end of it that is a path of the document, and no other.

use std::sync::LazyLock;

use actix_web::{HttpRequest, http::header::HeaderName};
use rollcall_api_spec::endpoints;

use crate::{base_path, client_address};

const X_FORWARDED_PREFIX: HeaderName = HeaderName::from_static("x-forwarded-prefix");

/// The paths of the document, by their segments. Parameters are in braces.
static DOCUMENTED: LazyLock<Vec<Vec<String>>> = LazyLock::new(|| {
    let mut paths: Vec<Vec<String>> = endpoints()
        .iter()
        .map(|endpoint| segments(&endpoint.path).map(str::to_owned).collect())
        .collect();
    paths.dedup();
    paths
});

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

/// Whether `text` is a path that means the same to every proxy: nothing in it is encoded, and no
/// segment is empty or stands for another one.
pub(crate) fn is_well_formed(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let is_segment =
        |segment: &str| !matches!(segment, "" | "." | "..") && segment.bytes().all(is_plain);
    text.strip_prefix('/').is_some_and(|rest| rest.split('/').all(is_segment))
}

/// Whether some path of the document behind `prefix` ends in a longer one, as `/users` does behind
/// `/api/v1`.
pub(crate) fn is_ambiguous(prefix: &str) -> bool {
    let prefix: Vec<_> = segments(prefix).collect();
    let ends_in = |path: &[String], longer: &[String]| {
        let added = longer.len().checked_sub(path.len()).filter(|added| *added > 0);
        let begin = added.and_then(|added| prefix.len().checked_sub(added));
        begin.is_some_and(|begin| {
            let end = prefix[begin..].iter().copied().chain(path.iter().map(String::as_str));
            longer.iter().zip(end).all(|(expected, actual)| may_be_equal(expected, actual))
        })
    };
    DOCUMENTED.iter().any(|path| DOCUMENTED.iter().any(|longer| ends_in(path, longer)))
}

/// Whether two segments are the same for some values of parameters.
fn may_be_equal(one: &str, other: &str) -> bool {
    one.starts_with('{') || other.starts_with('{') || one == other
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').skip(1)
}

#[cfg(test)]
mod tests;
