//! `If-Match` and `If-None-Match` in both sets. The input is a user's id and version, such as
//! `15.3`, and then the values of one header, a line each.

#![no_main]

use actix_web::http::header::HeaderMap;
use libfuzzer_sys::fuzz_target;
use rollcall_domain::{Revision, Roles, Status, User, UserId, Username, Version, VersionCondition};
use rollcall_fuzz::{lines, requests::headers};
use rollcall_http::parsers::{EndpointSet, client_has, client_has_tag, etag, preconditions};

/// What proxies append to a tag whose answer they compress.
const SUFFIXES: [&str; 9] =
    ["-gzip", "-br", "-zstd", "--gzip", "--br", "--zstd", ";gzip", ";br", ";zstd"];

/// An element of a list.
#[derive(PartialEq)]
enum Element {
    Number(String),
    Tag(String),
}

fuzz_target!(|data: &[u8]| {
    let [user, values] = lines(data);
    let user = std::str::from_utf8(user).ok().and_then(|text| text.split_once('.'));
    let (id, version) = user.unwrap_or_default();
    let [id, version] = [id, version].map(|text| text.parse().unwrap_or_default());
    let revision = Revision { id: UserId(id), version: Version(version) };
    let values: Vec<&[u8]> = values.split(|byte| *byte == b'\n').collect();
    let of = |name| headers(values.iter().map(|value| (name, *value)));
    let (Some(matches), Some(none_matches)) = (of("if-match"), of("if-none-match")) else { return };

    let text =
        values.iter().map(|value| String::from_utf8_lossy(value)).collect::<Vec<_>>().join(",");
    let (is_star, elements) = (trim(&text) == "*", elements(&text));
    let sets = [
        (EndpointSet::Directory, version.to_string()),
        (EndpointSet::Portal, format!("{id}.{version}")),
    ];
    for (set, own) in sets {
        assert_eq!(etag(set, revision), format!("\"{own}\""));
        let names = |element: &Element| element.names(&own);
        let is_named = is_star || elements.iter().flatten().any(names);
        is_evaluated(set, revision, &matches, &none_matches, is_named);
        assert_eq!(preconditions(set, &matches).if_match == Some(VersionCondition::Any), is_star);
        let is_tagged = |element: &Element| matches!(element, Element::Tag(_)) && names(element);
        let has = is_star || elements.iter().flatten().any(is_tagged);
        assert_eq!(client_has_tag(&none_matches, &etag(set, revision)), has);

        let own = etag(set, revision);
        let own = |name| headers([(name, own.as_bytes())]).expect("a tag fits in a header");
        is_evaluated(set, revision, &own("if-match"), &own("if-none-match"), true);
        let other = Revision { id: UserId(id.wrapping_add(1)), ..revision };
        let reaches_other = set == EndpointSet::Directory;
        is_evaluated(set, other, &own("if-match"), &own("if-none-match"), reaches_other);
    }
});

fn user(Revision { id, version }: Revision) -> User {
    User {
        id,
        version,
        create_time: jiff::Timestamp::UNIX_EPOCH,
        name: Username::parse("alice").expect("a name"),
        email: None,
        status: Status::Enabled,
        roles: Roles::default(),
    }
}

/// Whether the conditions are met by a user at a version if the headers name it, and by no user.
fn is_evaluated(
    set: EndpointSet,
    revision: Revision,
    matches: &HeaderMap,
    none_matches: &HeaderMap,
    is_named: bool,
) {
    let user = user(revision);
    let condition = preconditions(set, matches);
    assert_eq!(condition.check(Some(&user)).is_ok(), is_named);
    assert!(condition.check(None).is_err());
    let condition = preconditions(set, none_matches);
    assert_eq!(condition.check(Some(&user)).is_err(), is_named);
    assert!(condition.check(None).is_ok());
    assert_eq!(client_has(set, none_matches, revision), is_named);
}

impl Element {
    /// Whether it is this tag, or what a proxy makes of that.
    fn names(&self, own: &str) -> bool {
        match self {
            Self::Number(text) => text == own,
            Self::Tag(text) => text
                .strip_prefix(own)
                .is_some_and(|rest| rest.is_empty() || SUFFIXES.contains(&rest)),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_number {
            return Some(Self::Number(text.to_owned()));
        }
        let quoted = text.strip_prefix("W/").unwrap_or(text);
        let tag = quoted.strip_prefix('"')?.strip_suffix('"')?;
        (!tag.contains('"')).then(|| Self::Tag(tag.to_owned()))
    }
}

/// The elements of a list, those that are empty aside; none if anything else is in it.
fn elements(text: &str) -> Option<Vec<Element>> {
    let (mut parts, mut is_quoted) = (vec![String::new()], false);
    for character in text.chars() {
        is_quoted ^= character == '"';
        match (character, parts.last_mut()) {
            (',', _) if !is_quoted => parts.push(String::new()),
            (_, Some(part)) => part.push(character),
            _ => {}
        }
    }
    let parts = parts.iter().map(|part| trim(part)).filter(|part| !part.is_empty());
    parts.map(Element::parse).collect()
}

/// Without the white space that HTTP allows between elements.
fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}
