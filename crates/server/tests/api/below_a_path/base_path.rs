//! `--base-path`: the paths that are served and those that are not.

use super::{OTHERS, admin, head, operations};
use crate::harness::{Server, rollcall};

const SETTING: &[&str] = &["--base-path=/prov"];

#[test]
fn everything_is_served_below_the_base_path() {
    let server = Server::start_with(SETTING);
    for (path, method) in operations() {
        let answer = head(&server, &method, &format!("/prov{path}"));
        assert!(!answer.starts_with("HTTP/1.1 404 "), "{method} {path}: {answer}");
        let refused = head(&server, "TRACE", &format!("/prov{path}"));
        assert!(refused.starts_with("HTTP/1.1 405 "), "{path}: {refused}");
    }
    for path in OTHERS {
        let answer = head(&server, "GET", &format!("/prov{path}"));
        let status = &answer[9..12];
        assert!(["200", "302"].contains(&status), "{path}: {answer:.200}");
    }
}

#[test]
fn only_the_probes_are_outside_the_base_path() {
    let server = Server::start_with(SETTING);
    let paths = operations().into_iter().map(|(path, _)| path);
    let near = ["/provs/users", "/prov2", "/PROV/users", "/x/prov/users", "//prov/users"];
    let others = OTHERS.into_iter().chain(near).map(str::to_owned);
    for path in paths.chain(others) {
        let answer = head(&server, "GET", &path);
        let is_probe = path.starts_with("/health/");
        let status = if is_probe { "HTTP/1.1 200 " } else { "HTTP/1.1 404 " };
        assert!(answer.starts_with(status), "{path}: {answer}");
        let is_portal = path.starts_with("/api/");
        let body = if is_portal { "\r\n\r\n\"" } else { "urn:rollcall:problem:not-found" };
        assert!(is_probe || answer.contains(body), "{path}: {answer}");
    }
}

#[test]
fn errors_below_the_base_path_have_the_form_of_their_set() {
    let server = Server::start_with(SETTING);
    let admin = admin(&server, "/prov");
    assert!(admin.get("/api/v1/nothing").json().is_string());
    assert!(admin.delete("/api/v1/users").json().is_string());
    assert!(admin.get("/api/v1/users/absent").json().is_string());
    assert_eq!(admin.get("/nothing").json()["status"], 404);
    assert_eq!(admin.delete("/users").json()["status"], 405);
}

#[test]
fn without_documents_the_base_path_is_404() {
    let server = Server::start_with(&["--base-path=/prov", "--docs=off"]);
    for path in ["/prov", "/prov/", "/prov/openapi.json"] {
        assert!(head(&server, "GET", path).starts_with("HTTP/1.1 404 "), "{path}");
    }
}

#[test]
fn the_log_names_paths_as_the_document_does() {
    let mut server = Server::start_with(SETTING);
    let client = admin(&server, "/prov");
    for (id, path, line) in [
        ("found", "/users/1", "GET /users/1 200 "),
        ("absent", "/users/99", "GET /users/{userId} 404 "),
        ("nothing", "/nothing", "GET - 404 "),
        ("home", "/", "GET / 302 "),
    ] {
        client.with("x-request-id", id).get(path);
        let logged = server.process().wait_for(&format!("/{id} "));
        assert!(logged.contains(&format!("/{id} 127.0.0.1 {line}")), "{logged}");
    }
    for path in ["/prov/health/live", "/health/live"] {
        assert!(head(&server, "GET", path).starts_with("HTTP/1.1 200 "));
    }
    client.with("x-request-id", "last").get("/users/1");
    server.process().wait_for("/last ");
    assert!(!server.process().said().contains("/health"));
}

#[test]
fn the_healthcheck_command_needs_no_base_path() {
    let server = Server::start_with(SETTING);
    let listen = format!("--listen={}", server.address());
    for variable in [None, Some("/prov")] {
        let mut command = rollcall(server.folder(), &["healthcheck", &listen]);
        command.envs(variable.map(|value| ("ROLLCALL_BASE_PATH", value)));
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }
}
