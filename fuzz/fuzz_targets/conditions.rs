//! `If-Match` and `If-None-Match`. The input is the version that a user is at, and then the values of one
//! header, a line each.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rollcall_domain::{Version, VersionCondition};
use rollcall_fuzz::lines;
use rollcall_http::fuzzing::{client_has, etag, headers, if_match};

/// An element of a list.
#[derive(PartialEq)]
enum Element {
    Number(String),
    Strong(String),
    Weak(String),
}

fuzz_target!(|data: &[u8]| {
    let [version, values] = lines(data);
    let version = std::str::from_utf8(version).ok().and_then(|text| text.parse().ok());
    let version = Version(version.unwrap_or_default());
    let values: Vec<&[u8]> = values.split(|byte| *byte == b'\n').collect();
    let of = |name| headers(values.iter().map(|value| (name, *value)));
    let (Some(matches), Some(none_matches)) = (of("if-match"), of("if-none-match")) else { return };

    let condition = if_match(&matches).expect("the header is there");
    let text = values.iter().map(|it| String::from_utf8_lossy(it)).collect::<Vec<_>>().join(",");
    let (is_star, elements) = (trim(&text) == "*", elements(&text));
    let number = version.0.to_string();
    let allows = is_star
        || elements.as_ref().is_some_and(|elements| {
            elements.iter().all(|it| !matches!(it, Element::Weak(_)))
                && elements.iter().any(|it| it.text() == number)
        });
    assert_eq!(condition.holds_for(version), allows);
    assert_eq!(condition == VersionCondition::Any, is_star);
    let has = is_star || elements.is_some_and(|it| it.iter().any(|it| it.text() == number));
    assert_eq!(client_has(&none_matches, version), has);

    let own = etag(version);
    let own = |name| headers([(name, own.as_bytes())]).expect("a tag fits in a header");
    assert!(if_match(&own("if-match")).is_some_and(|it| it.holds_for(version)));
    assert!(client_has(&own("if-none-match"), version));
});

impl Element {
    fn text(&self) -> &str {
        let (Self::Number(text) | Self::Strong(text) | Self::Weak(text)) = self;
        text
    }

    fn parse(text: &str) -> Option<Self> {
        let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_number {
            return Some(Self::Number(text.to_owned()));
        }
        let (quoted, is_weak) = match text.strip_prefix("W/") {
            Some(rest) => (rest, true),
            None => (text, false),
        };
        let tag = quoted.strip_prefix('"')?.strip_suffix('"')?;
        let element = if is_weak { Self::Weak } else { Self::Strong };
        (!tag.contains('"')).then(|| element(tag.to_owned()))
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
