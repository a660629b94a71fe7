//! `If-Match`, `If-None-Match` and `ETag` (RFC 9110 sections 8.8.3 and 13.1) over user versions.

mod tags;

use actix_web::http::header::{HeaderMap, IF_MATCH, IF_NONE_MATCH};
use rollcall_domain::{Preconditions, Version, VersionCondition};

use self::tags::Tags;

/// The tag of a version.
pub(crate) fn etag(version: Version) -> String {
    format!("\"{version}\"")
}

/// The conditions of a request that writes.
pub(crate) fn preconditions(headers: &HeaderMap) -> Preconditions {
    Preconditions { if_match: if_match(headers), if_none_match: if_none_match(headers) }
}

/// The condition of `If-Match`: none without the header, and one that never holds when the header
/// is not a number, a tag, a list of those, or `*`.
fn if_match(headers: &HeaderMap) -> Option<VersionCondition> {
    let never = VersionCondition::OneOf(Vec::new());
    Tags::of(headers, &IF_MATCH).map(|tags| condition(&tags).unwrap_or(never))
}

/// The versions of `If-None-Match`. A header that is not a list of tags says nothing.
fn if_none_match(headers: &HeaderMap) -> Option<VersionCondition> {
    Tags::of(headers, &IF_NONE_MATCH).and_then(|tags| condition(&tags))
}

/// Whether `If-None-Match` says that the client has this version already.
pub(crate) fn client_has(headers: &HeaderMap, version: Version) -> bool {
    if_none_match(headers).is_some_and(|versions| versions.holds_for(version))
}

/// Whether `If-None-Match` says that the client has what has this tag, quotes included, already.
pub(crate) fn client_has_tag(headers: &HeaderMap, etag: &str) -> bool {
    match Tags::of(headers, &IF_NONE_MATCH) {
        Some(Tags::Any) => true,
        Some(Tags::List(tags)) => tags.iter().any(|tag| tag.is(etag.trim_matches('"'))),
        Some(Tags::Invalid) | None => false,
    }
}

/// The versions that tags name; none when they are not a list.
fn condition(tags: &Tags) -> Option<VersionCondition> {
    match tags {
        Tags::Any => Some(VersionCondition::Any),
        Tags::List(tags) => {
            Some(VersionCondition::OneOf(tags.iter().filter_map(tags::Tag::version).collect()))
        }
        Tags::Invalid => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{client_has, client_has_tag, if_match};
    use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH};
    use rollcall_domain::Version;

    fn headers(name: &HeaderName, values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name.clone(), HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        headers
    }

    fn allows(values: &[&str]) -> bool {
        if_match(&headers(&IF_MATCH, values)).unwrap().holds_for(Version(8))
    }

    /// What the tag `"8"` may have become on its way through proxies.
    const THROUGH_PROXIES: [&str; 9] = [
        "W/\"8\"",
        "\"8-gzip\"",
        "\"8-br\"",
        "\"8-zstd\"",
        "\"8;gzip\"",
        "\"8--gzip\"",
        "W/\"8-gzip\"",
        "\"7\", W/\"8\"",
        "W/\"7\",\"8-br\"",
    ];

    #[test]
    fn a_tag_names_its_version_behind_every_proxy() {
        for value in THROUGH_PROXIES {
            assert!(allows(&[value]), "{value}");
            assert!(client_has(&headers(&IF_NONE_MATCH, &[value]), Version(8)), "{value}");
        }
        for value in [
            "\"7-gzip\"",
            "\"8-\"",
            "\"8gzip\"",
            "\"8-gzip-gzip\"",
            "\"8-gz\"",
            "\"8-GZIP\"",
            "\"8---gzip\"",
            "\"-gzip\"",
            "\"08-gzip\"",
            "8-gzip",
            "W/8",
            "w/\"8\"",
        ] {
            assert!(!allows(&[value]), "{value}");
            assert!(!client_has(&headers(&IF_NONE_MATCH, &[value]), Version(8)), "{value}");
        }
    }

    #[test]
    fn a_file_is_known_behind_every_proxy() {
        for value in THROUGH_PROXIES.into_iter().chain(["*"]) {
            assert!(client_has_tag(&headers(&IF_NONE_MATCH, &[value]), "\"8\""), "{value}");
        }
        let own = "\"x-gzip\"";
        assert!(client_has_tag(&headers(&IF_NONE_MATCH, &[own]), own));
        for value in ["8", "\"x\"", "\"8-gz\"", "\"8", ""] {
            assert!(!client_has_tag(&headers(&IF_NONE_MATCH, &[value]), "\"8\""), "{value}");
        }
    }

    #[test]
    fn without_the_header_there_is_no_condition() {
        assert_eq!(if_match(&HeaderMap::new()), None);
        assert!(!client_has(&HeaderMap::new(), Version(8)));
    }

    #[test]
    fn a_number_a_tag_a_list_and_a_star_are_understood() {
        for value in ["8", "\"8\"", "*", " 8 ", "7, 8", "\"x,y\" , \"8\"", ",8,", "\"8\",9"] {
            assert!(allows(&[value]), "{value}");
        }
        assert!(allows(&["7", "\"8\""]));
    }

    #[test]
    fn everything_else_never_holds() {
        for value in [
            "",
            "7",
            "\"7\"",
            "08",
            "\"08\"",
            "+8",
            "8.0",
            "\"8",
            "8\"",
            "\"8\"\"8\"",
            "8 8",
            "*, 8",
            "eight",
            "\"8\" \"9\"",
            "é",
            "99999999999999999999",
            "8\u{a0}",
            "\"8\"\u{2003}",
        ] {
            assert!(!allows(&[value]), "{value}");
        }
    }

    #[test]
    fn a_client_that_has_the_version_is_told_so_by_weak_comparison() {
        for value in ["\"8\"", "W/\"8\"", "\"7\", W/\"8\"", "*", "8"] {
            assert!(client_has(&headers(&IF_NONE_MATCH, &[value]), Version(8)), "{value}");
        }
        for value in
            ["", "\"7\"", "W/\"7\"", "\"8", "8 8", "*, 8", "eight, 8", "a\"b,\"8\"", "8\u{a0}"]
        {
            assert!(!client_has(&headers(&IF_NONE_MATCH, &[value]), Version(8)), "{value}");
        }
    }
}
