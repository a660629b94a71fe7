//! `If-Match`, `If-None-Match` and `ETag` (RFC 9110 sections 8.8.3 and 13.1) over user versions.

use actix_web::http::header::{HeaderMap, HeaderName, IF_MATCH, IF_NONE_MATCH};
use rollcall_domain::{Version, VersionCondition};

/// The white space that may stand between the elements of a list.
const SPACE: [char; 2] = [' ', '\t'];

/// One element of a list of tags.
#[derive(Debug, PartialEq, Eq)]
enum Tag<'a> {
    /// `"3"`
    Strong(&'a str),
    /// `W/"3"`
    Weak(&'a str),
    /// `3`, as the source document writes it.
    Bare(&'a str),
}

/// The tag of a version.
pub(crate) fn etag(version: Version) -> String {
    format!("\"{version}\"")
}

/// The condition of `If-Match`: none without the header, and one that never holds when the header
/// is not a number, a strong tag, a list of those, or `*`.
pub(crate) fn if_match(headers: &HeaderMap) -> Option<VersionCondition> {
    let text = joined(headers, &IF_MATCH)?;
    if text.trim_matches(SPACE) == "*" {
        return Some(VersionCondition::Any);
    }
    let mut versions = Vec::new();
    for tag in parse_tags(&text).unwrap_or_default() {
        match tag {
            Tag::Strong(text) | Tag::Bare(text) => versions.extend(parse_version(text)),
            Tag::Weak(_) => return Some(VersionCondition::OneOf(Vec::new())),
        }
    }
    Some(VersionCondition::OneOf(versions))
}

/// Whether `If-None-Match` says that the client has this version already. A header that is not a
/// list of tags says nothing.
pub(crate) fn client_has(headers: &HeaderMap, version: Version) -> bool {
    let Some(text) = joined(headers, &IF_NONE_MATCH) else { return false };
    let is_version = |tag: &Tag| {
        let (Tag::Strong(text) | Tag::Weak(text) | Tag::Bare(text)) = tag;
        parse_version(text) == Some(version)
    };
    text.trim_matches(SPACE) == "*"
        || parse_tags(&text).is_some_and(|tags| tags.iter().any(is_version))
}

/// Whether `If-None-Match` says that the client has what has this tag, quotes included, already.
pub(crate) fn client_has_tag(headers: &HeaderMap, etag: &str) -> bool {
    let Some(text) = joined(headers, &IF_NONE_MATCH) else { return false };
    let is_it = |tag: &Tag| {
        let (Tag::Strong(text) | Tag::Weak(text)) = tag else { return false };
        etag.trim_matches('"') == *text
    };
    text.trim() == "*" || parse_tags(&text).is_some_and(|tags| tags.iter().any(is_it))
}

/// All values of a header as the one list that they mean.
fn joined(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let values: Vec<_> =
        headers.get_all(name).map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    (!values.is_empty()).then(|| values.join(","))
}

/// Splits a list into its tags; none when it is not one. A comma inside quotes belongs to the tag.
fn parse_tags(text: &str) -> Option<Vec<Tag<'_>>> {
    let mut tags = Vec::new();
    let mut rest = text.trim_start_matches(SPACE);
    while !rest.is_empty() {
        if let Some(next) = rest.strip_prefix(',') {
            rest = next.trim_start_matches(SPACE);
            continue;
        }
        let (tag, next) = parse_tag(rest)?;
        tags.push(tag);
        rest = next.trim_start_matches(SPACE);
        if !rest.is_empty() && !rest.starts_with(',') {
            return None;
        }
    }
    Some(tags)
}

/// The tag that `text` begins with, and what follows it.
fn parse_tag(text: &str) -> Option<(Tag<'_>, &str)> {
    if let Some(rest) = text.strip_prefix("W/\"") {
        return rest.split_once('"').map(|(tag, rest)| (Tag::Weak(tag), rest));
    }
    if let Some(rest) = text.strip_prefix('"') {
        return rest.split_once('"').map(|(tag, rest)| (Tag::Strong(tag), rest));
    }
    let (tag, rest) = text.split_at(text.find(',').unwrap_or(text.len()));
    let tag = tag.trim_end_matches(SPACE);
    tag.bytes().all(|byte| byte.is_ascii_digit()).then_some((Tag::Bare(tag), rest))
}

/// The version that a tag's text names. Tags are compared as texts, so `03` is not `3`.
fn parse_version(text: &str) -> Option<Version> {
    let version = Version(text.parse().ok()?);
    (version.to_string() == text).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::{client_has, if_match};
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
            "W/\"8\"",
            "\"8",
            "8\"",
            "\"8\"\"8\"",
            "8 8",
            "*, 8",
            "W/\"7\", \"8\"",
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
