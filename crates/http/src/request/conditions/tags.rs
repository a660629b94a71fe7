//! Lists of entity tags (RFC 9110, section 8.8.3), and what proxies make of a tag.

use actix_web::http::header::{HeaderMap, HeaderName};
use rollcall_domain::{Revision, UserId, Version};

/// The white space that may stand between the elements of a list.
const SPACE: [char; 2] = [' ', '\t'];

/// What proxies that compress an answer put between a tag and the name of the coding: Apache and
/// others `-`, Jetty `--`, and some `;`. Of nginx and `HAProxy` a tag comes out weak instead.
const SEPARATORS: [&str; 3] = ["--", "-", ";"];

/// The codings that they append.
const CODINGS: [&str; 3] = ["gzip", "br", "zstd"];

/// What `If-Match` or `If-None-Match` says.
pub(super) enum Tags {
    /// `*`
    Any,
    /// The tags of a list.
    List(Vec<Tag>),
    /// Anything else.
    Invalid,
}

/// One element of a list. A tag names a version or a file, not bytes, so that a weak tag means the
/// same as a strong one.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Tag {
    /// The text of `"3"` or `W/"3"`.
    Quoted(String),
    /// `3`, as the source document writes it.
    Bare(String),
}

impl Tags {
    /// Reads all values of a header as the one list that they mean; none without the header.
    pub(super) fn of(headers: &HeaderMap, name: &HeaderName) -> Option<Self> {
        let values: Vec<_> =
            headers.get_all(name).map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
        let text = (!values.is_empty()).then(|| values.join(","))?;
        if text.trim_matches(SPACE) == "*" {
            return Some(Self::Any);
        }
        Some(parse_list(&text).map_or(Self::Invalid, Self::List))
    }
}

impl Tag {
    /// The version that the tag names, if it names one.
    pub(super) fn version(&self) -> Option<Version> {
        match self {
            Self::Quoted(text) => parse_number(without_coding(text)).map(Version),
            Self::Bare(text) => parse_number(text).map(Version),
        }
    }

    /// The user and the version that the tag names, if it names both.
    pub(super) fn revision(&self) -> Option<Revision> {
        let Self::Quoted(text) = self else { return None };
        let (id, version) = without_coding(text).split_once('.')?;
        let (id, version) = (UserId(parse_number(id)?), Version(parse_number(version)?));
        Some(Revision { id, version })
    }

    /// Whether it is the tag with this text, as it was sent or as a proxy changed it.
    pub(super) fn is(&self, text: &str) -> bool {
        matches!(self, Self::Quoted(tag) if tag == text || without_coding(tag) == text)
    }
}

/// The text of a tag without what a compressing proxy appended.
fn without_coding(tag: &str) -> &str {
    let mut suffixes = SEPARATORS
        .iter()
        .flat_map(|separator| CODINGS.iter().map(move |coding| (*separator, *coding)));
    let stripped =
        suffixes.find_map(|(separator, coding)| tag.strip_suffix(coding)?.strip_suffix(separator));
    stripped.unwrap_or(tag)
}

/// The number that a text is. Tags are compared as texts, so `03` is not `3`.
fn parse_number(text: &str) -> Option<i64> {
    text.parse().ok().filter(|number: &i64| number.to_string() == text)
}

/// Splits a list into its tags; none when it is not one. A comma inside quotes belongs to the tag.
fn parse_list(text: &str) -> Option<Vec<Tag>> {
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
fn parse_tag(text: &str) -> Option<(Tag, &str)> {
    if let Some(rest) = text.strip_prefix("W/\"").or_else(|| text.strip_prefix('"')) {
        return rest.split_once('"').map(|(tag, rest)| (Tag::Quoted(tag.to_owned()), rest));
    }
    let (tag, rest) = text.split_at(text.find(',').unwrap_or(text.len()));
    let tag = tag.trim_end_matches(SPACE);
    tag.bytes().all(|byte| byte.is_ascii_digit()).then(|| (Tag::Bare(tag.to_owned()), rest))
}
