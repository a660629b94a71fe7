//! Which base paths are accepted, and which paths are below them.

use super::{BasePath, InvalidBasePath};

#[test]
fn a_path_of_plain_segments_is_accepted() {
    for text in ["/prov", "/a/b-c/d.e_f~g", "/api", "/v1", "/healthy", "/...", "/users-of/x"] {
        assert_eq!(BasePath::parse(text).unwrap().as_str(), text);
    }
}

#[test]
fn other_texts_are_refused() {
    for text in [
        "",
        "/",
        "prov",
        "/prov/",
        "//prov",
        "/a//b",
        "/.",
        "/..",
        "/a/../b",
        "/a/./b",
        "/a?b",
        "/a#b",
        "/a%62",
        "/a b",
        "/a:b",
        "/ä",
        "/a\\b",
        "/{a}",
        "/a;b",
        "/a,/b",
        "/a\n",
        "http://x/prov",
    ] {
        assert_eq!(BasePath::parse(text), Err(InvalidBasePath::Form), "{text}");
    }
    for text in ["/api/v1", "/users", "/tokens", "/x/api/v1", "/x/users", "/users/1/sessions"] {
        assert_eq!(BasePath::parse(text), Err(InvalidBasePath::Ambiguous), "{text}");
    }
    for text in ["/health", "/health/live", "/health/x"] {
        assert_eq!(BasePath::parse(text), Err(InvalidBasePath::Probes), "{text}");
    }
}

#[test]
fn paths_below_are_those_of_the_document() {
    let base = BasePath::parse("/prov").unwrap();
    for (path, expected) in [
        ("/prov/users", Some("/users")),
        ("/prov/", Some("/")),
        ("/prov", Some("")),
        ("/prov/prov", Some("/prov")),
        ("/provs", None),
        ("/users", None),
        ("/", None),
    ] {
        assert_eq!(base.document_path(path), expected, "{path}");
    }
    assert_eq!(base.mount("/users"), "/prov/users");
    assert_eq!(BasePath::default().document_path("/users"), Some("/users"));
}
