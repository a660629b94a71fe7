use super::{client_has_tag, etag};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH};
use rollcall_api_spec::EndpointSet::{self, Directory, Portal};
use rollcall_domain::{Revision, UserId, Version, VersionCondition};

fn headers(name: &HeaderName, values: &[&str]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for value in values {
        headers.append(name.clone(), HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    headers
}

/// The user that the tags are about, at a version.
const USER: Revision = Revision { id: UserId(15), version: Version(8) };

fn if_match(headers: &HeaderMap) -> Option<VersionCondition> {
    super::if_match(Directory, headers)
}

fn client_has(headers: &HeaderMap, version: Version) -> bool {
    super::client_has(Directory, headers, Revision { version, ..USER })
}

fn allows(values: &[&str]) -> bool {
    allows_in(Directory, values)
}

fn allows_in(set: EndpointSet, values: &[&str]) -> bool {
    super::if_match(set, &headers(&IF_MATCH, values)).unwrap().holds_for(USER)
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
    for value in ["", "\"7\"", "W/\"7\"", "\"8", "8 8", "*, 8", "eight, 8", "a\"b,\"8\"", "8\u{a0}"]
    {
        assert!(!client_has(&headers(&IF_NONE_MATCH, &[value]), Version(8)), "{value}");
    }
}

#[test]
fn a_tag_of_the_portal_set_names_its_user_too() {
    assert_eq!([Directory, Portal].map(|set| etag(set, USER)), ["\"8\"", "\"15.8\""]);
    let own = ["\"15.8\"".to_owned(), "\"8.15\", \"15.8\"".to_owned()];
    let changed = THROUGH_PROXIES.map(|value| value.replace('8', "15.8").replace('7', "15.7"));
    for value in own.into_iter().chain(changed).chain(["*".to_owned()]) {
        let known = headers(&IF_NONE_MATCH, &[&value]);
        assert!(allows_in(Portal, &[&value]), "{value}");
        assert!(super::client_has(Portal, &known, USER), "{value}");
    }
    assert!(allows_in(Portal, &["\"16.8\"", "\"15.8\""]));
}

#[test]
fn no_tag_without_the_id_matches_in_the_portal_set() {
    let without_id = THROUGH_PROXIES.into_iter().chain(["8", "\"8\"", "7, 8", ",8,"]);
    for value in without_id.chain([
        "\"16.8\"",
        "\"15.7\"",
        "15.8",
        "\"15.8",
        "\"015.8\"",
        "\"15.08\"",
        "\"15..8\"",
        "\"15.8.8\"",
        "\"15.\"",
        "\".8\"",
        "\"15,8\"",
        "\"15-8\"",
        "\"15.8-gz\"",
        "\"15-gzip.8\"",
        "\"99999999999999999999.8\"",
        "",
    ]) {
        let known = headers(&IF_NONE_MATCH, &[value]);
        assert!(!allows_in(Portal, &[value]), "{value}");
        assert!(!super::client_has(Portal, &known, USER), "{value}");
    }
}

#[test]
fn a_tag_of_the_portal_set_matches_nothing_by_id() {
    assert!(!allows(&["\"15.8\""]));
    assert!(!client_has(&headers(&IF_NONE_MATCH, &["\"15.8\""]), USER.version));
}
