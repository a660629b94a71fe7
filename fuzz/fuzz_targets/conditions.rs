//! `If-Match` and `If-None-Match`. The input is the version that a user is at, and then the values of one
//! header, a line each.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rollcall_domain::{Version, VersionCondition};
use rollcall_fuzz::lines;
use rollcall_http::fuzzing::{client_has, client_has_tag, etag, headers, preconditions};

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
    let [version, values] = lines(data);
    let version = std::str::from_utf8(version).ok().and_then(|text| text.parse().ok());
    let version = Version(version.unwrap_or_default());
    let values: Vec<&[u8]> = values.split(|byte| *byte == b'\n').collect();
    let of = |name| headers(values.iter().map(|value| (name, *value)));
    let (Some(matches), Some(none_matches)) = (of("if-match"), of("if-none-match")) else { return };

    let text = values.iter().map(|it| String::from_utf8_lossy(it)).collect::<Vec<_>>().join(",");
    let (is_star, elements) = (trim(&text) == "*", elements(&text));
    let number = version.0.to_string();
    let is_named =
        elements.as_ref().is_some_and(|elements| elements.iter().any(|it| it.names(&number)));

    let condition = preconditions(&matches);
    assert_eq!(condition.check(Some(version)).is_ok(), is_star || is_named);
    assert!(condition.check(None).is_err());
    assert_eq!(condition.if_match == Some(VersionCondition::Any), is_star);

    let condition = preconditions(&none_matches);
    assert_eq!(condition.check(Some(version)).is_err(), is_star || is_named);
    assert!(condition.check(None).is_ok());
    assert_eq!(client_has(&none_matches, version), is_star || is_named);
    let is_tagged = |it: &Element| matches!(it, Element::Tag(_)) && it.names(&number);
    let has = is_star || elements.is_some_and(|elements| elements.iter().any(is_tagged));
    assert_eq!(client_has_tag(&none_matches, &etag(version)), has);

    let own = etag(version);
    let own = |name| headers([(name, own.as_bytes())]).expect("a tag fits in a header");
    assert!(preconditions(&own("if-match")).check(Some(version)).is_ok());
    assert!(client_has(&own("if-none-match"), version));
});

impl Element {
    /// Whether it is the tag of this version, or what a proxy makes of that.
    fn names(&self, number: &str) -> bool {
        match self {
            Self::Number(text) => text == number,
            Self::Tag(text) => text
                .strip_prefix(number)
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
