//! References in answers, which are relative and so valid below any path.

use serde_json::json;

use super::admin;
use crate::harness::{Client, PASSWORD, Server};

/// A reference as a client resolves it against the path that it has requested.
fn resolved(path: &str, reference: &str) -> String {
    assert!(!reference.starts_with('/') && !reference.contains(':'), "{reference}");
    match reference.strip_prefix('?') {
        Some(query) => format!("{}?{query}", path.split('?').next().unwrap()),
        None => format!("{}/{reference}", path.rsplit_once('/').unwrap().0),
    }
}

/// Where a client gets to from `path` by `header`. A path is what the client sees: `front` is what
/// a proxy has in front of it.
fn follow(client: &Client, front: &str, path: &str, header: &str) -> String {
    let answer = client.get(path);
    let reference = answer.header(header);
    let reference = reference
        .strip_prefix('<')
        .map_or(reference, |link| link.strip_suffix(">; rel=\"next\"").unwrap());
    resolved(&format!("{front}{path}"), reference)
}

#[test]
fn redirects_lead_to_the_page_below_any_path() {
    let server = Server::start();
    let below = Server::start_with(&["--base-path=/a/prov"]);
    for front in ["", "/x", "/x/y"] {
        for path in ["/", "/swagger-ui"] {
            let found = follow(&server.anonymous(), front, path, "location");
            assert_eq!(found, format!("{front}/swagger-ui/"));
            let found = follow(&below.anonymous().below("/a/prov"), front, path, "location");
            assert_eq!(found, format!("{front}/swagger-ui/"));
        }
        let found = follow(&below.anonymous().below("/a"), front, "/prov", "location");
        assert_eq!(found, format!("{front}/prov/"));
    }
}

#[test]
fn a_new_user_and_the_next_page_are_found_below_any_path() {
    for base in ["", "/prov", "/a/b-c"] {
        let setting = format!("--base-path={base}");
        let server = Server::start_with(&[&*setting][..usize::from(!base.is_empty())]);
        let admin = admin(&server, base);
        let info = json!({"name": "a", "email": "a@example.com", "plaintextPassword": PASSWORD});
        let made = admin.post("/users", &json!({ "userInfo": info }));
        let user = resolved("/users", made.header("location"));
        assert_eq!((made.status, &*user), (201, "/users/2"));
        assert_eq!(admin.get(&user).json(), made.json());
        for list in ["/users", "/api/v1/users", "/audit"] {
            let next = follow(&admin, "", &format!("{list}?limit=1"), "link");
            assert!(next.starts_with(&format!("{list}?limit=1&pageToken=")), "{next}");
            assert_eq!(admin.get(&next).status, 200, "{next}");
        }
    }
}

#[test]
fn the_document_says_that_the_server_is_beside_it() {
    let server = Server::start();
    let document = server.anonymous().get("/openapi.json").json();
    assert_eq!(document["servers"], json!([{"url": ".", "description": "This server"}]));
}

#[test]
fn the_page_names_nothing_from_the_root() {
    let server = Server::start_with(&["--base-path=/prov"]);
    let client = server.anonymous().below("/prov");
    let file = |name: &str| client.get(&format!("/swagger-ui/{name}")).body;
    assert!(file("settings.js").ends_with("export const basePath = \"/prov\";\n"));
    let plain = Server::start().anonymous().get("/swagger-ui/settings.js");
    assert!(plain.body.ends_with("export const basePath = \"\";\n"), "{}", plain.body);
    for name in ["swagger-initializer.js", "session.js", "paths.js"] {
        let script = file(name);
        for quote in ['\'', '"', '`'] {
            let from_root = format!("{quote}/");
            assert!(!script.contains(&from_root), "{name}: {from_root}");
        }
    }
}
