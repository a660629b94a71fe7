//! `If-Match`, `If-None-Match` and `ETag` (RFC 9110 sections 8.8.3 and 13.1) over user versions.
//!
//! A tag of the directory set is the version, `"3"`: the path names the user by id. A path of the
//! portal set names whichever user has the name at that moment, so that its tags name the user too,
//! `"15.3"`. A number without an id, which the client may have read from another user of the name,
//! matches no user there.

mod tags;

use actix_web::{
    HttpRequest,
    http::{
        Method,
        header::{HeaderMap, IF_MATCH, IF_NONE_MATCH},
    },
};
use rollcall_api_spec::{EndpointSet, ProblemType};
use rollcall_domain::{Preconditions, Revision, VersionCondition};

use self::tags::{Tag, Tags};

/// The tag of a user at a version, in the answers of `set`.
#[must_use]
pub fn etag(set: EndpointSet, Revision { id, version }: Revision) -> String {
    match set {
        EndpointSet::Portal => format!("\"{id}.{version}\""),
        EndpointSet::Directory => format!("\"{version}\""),
    }
}

/// The conditions of a request of `set` that writes.
#[must_use]
pub fn preconditions(set: EndpointSet, headers: &HeaderMap) -> Preconditions {
    Preconditions::new(if_match(set, headers), if_none_match(set, headers))
}

/// The condition of `If-Match`: none without the header, and one that never holds when the header
/// is not a number, a tag, a list of those, or `*`.
fn if_match(set: EndpointSet, headers: &HeaderMap) -> Option<VersionCondition> {
    let never = VersionCondition::OneOf(Vec::new());
    Tags::of(headers, &IF_MATCH).map(|tags| condition(set, &tags).unwrap_or(never))
}

/// Why a condition of `request` does not hold, if its headers alone tell.
pub(crate) fn explain_mismatch(set: EndpointSet, request: &HttpRequest) -> Option<&'static str> {
    let headers = request.headers();
    let names_no_version = match if_match(set, headers) {
        Some(VersionCondition::OneOf(versions)) => versions.is_empty(),
        Some(VersionCondition::OneOfRevisions(revisions)) => revisions.is_empty(),
        Some(VersionCondition::Any) | None => false,
    };
    let has_if_match = headers.contains_key(IF_MATCH);
    match set {
        EndpointSet::Portal if names_no_version => Some(
            "Version does not match; If-Match must be an ETag such as \"15.3\", a list of these, \
             or *",
        ),
        EndpointSet::Directory if names_no_version => Some(
            "If-Match must be an ETag such as \"3\", a version such as 3, a list of these, or *",
        ),
        // Then `If-None-Match` fails, because the user exists.
        EndpointSet::Portal if request.method() == Method::PUT && !has_if_match => {
            Some(ProblemType::NameTaken.text(set))
        }
        _ => None,
    }
}

/// The versions of `If-None-Match`. A header that is not a list of tags says nothing.
fn if_none_match(set: EndpointSet, headers: &HeaderMap) -> Option<VersionCondition> {
    Tags::of(headers, &IF_NONE_MATCH).and_then(|tags| condition(set, &tags))
}

/// Whether `If-None-Match` says that the client has this user at this version already.
#[must_use]
pub fn client_has(set: EndpointSet, headers: &HeaderMap, revision: Revision) -> bool {
    if_none_match(set, headers).is_some_and(|versions| versions.holds_for(revision))
}

/// Whether `If-None-Match` says that the client has what has this tag, quotes included, already.
#[must_use]
pub fn client_has_tag(headers: &HeaderMap, etag: &str) -> bool {
    match Tags::of(headers, &IF_NONE_MATCH) {
        Some(Tags::Any) => true,
        Some(Tags::List(tags)) => tags.iter().any(|tag| tag.is(etag.trim_matches('"'))),
        Some(Tags::Invalid) | None => false,
    }
}

/// What tags name in `set`; none when they are not a list.
fn condition(set: EndpointSet, tags: &Tags) -> Option<VersionCondition> {
    let tags = match tags {
        Tags::Any => return Some(VersionCondition::Any),
        Tags::List(tags) => tags.iter(),
        Tags::Invalid => return None,
    };
    Some(match set {
        EndpointSet::Portal => {
            VersionCondition::OneOfRevisions(tags.filter_map(Tag::revision).collect())
        }
        EndpointSet::Directory => VersionCondition::OneOf(tags.filter_map(Tag::version).collect()),
    })
}

#[cfg(test)]
mod tests;
