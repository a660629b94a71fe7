//! Headers of every answer.

use regex::Regex;
use serde_json::json;

use crate::harness::{
    ADMIN_PASSWORD, Answer, Certificates, Client, PASSWORD, Raw, Server, rollcall,
};

const STRICT: &str = "default-src 'none'; frame-ancestors 'none'";

/// The value of a header in a whole answer.
fn header<'a>(answer: &'a str, name: &str) -> &'a str {
    let line = answer.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
    line.unwrap_or_default()
}

fn assert_secure(get: impl Fn(&str) -> String, what: &str) {
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(get(name), value, "{name} of {what}");
    }
}

fn assert_headers(answer: &Answer, cache_control: &str, what: &str) {
    assert_secure(|name| answer.header(name).to_owned(), what);
    assert_eq!(answer.header("cache-control"), cache_control, "{what}");
    assert_eq!(answer.header("strict-transport-security"), "", "{what}");
}

/// Checks the answers, each with its expected status.
fn assert_kept(cache_control: &str, answers: Vec<(u16, Answer)>) {
    for (status, answer) in answers {
        assert_eq!(answer.status, status, "{answer:?}");
        let what = format!("{status} {}", answer.body);
        assert_headers(&answer, cache_control, &what);
        assert_eq!(answer.header("content-security-policy"), STRICT, "{what}");
    }
}

#[test]
fn answers_about_users_are_private_and_revalidated() {
    let server = Server::start();
    let (id, _) = server.user("alice");
    let (admin, user) = (server.admin(), format!("/users/{id}"));
    let bob = json!({"name": "bob", "email": "bob@example.com", "plaintextPassword": PASSWORD});
    let password = json!({"value": {"password": PASSWORD}});
    let answers = vec![
        (200, admin.get("/users")),
        (200, admin.get("/users?limit=1")),
        (200, admin.get(&user)),
        (200, admin.send("HEAD", "/users", None)),
        (200, admin.send("HEAD", &user, None)),
        (304, admin.with("if-none-match", "\"0\"").get(&user)),
        (304, admin.with("if-none-match", &format!("\"{id}.0\"")).get("/api/v1/users/alice")),
        (200, admin.patch(&user, &json!({"userInfo": {"status": "ENABLED"}}))),
        (201, server.anonymous().post("/users", &json!({ "userInfo": bob }))),
        (200, admin.get("/api/v1/users")),
        (200, admin.get("/api/v1/users/alice")),
        (201, admin.put("/api/v1/users/carol", &password)),
        (200, admin.patch("/api/v1/users/carol", &password)),
    ];
    assert_kept("private, no-cache", answers);
}

#[test]
fn tokens_refusals_and_probes_are_not_cached() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let (admin, anonymous, user) = (server.admin(), server.anonymous(), format!("/users/{id}"));
    let credentials = json!({"credentials": {"name": "alice", "password": PASSWORD}});
    let token = format!("/tokens/{}", server.session("alice", PASSWORD).0.key);
    let change = json!({"userInfo": {"status": "ENABLED"}});
    let large = admin.with("content-type", "application/json");
    let answers = vec![
        (201, anonymous.post("/tokens", &credentials)),
        (204, admin.delete(&token)),
        (400, admin.get("/users/x")),
        (400, admin.get("/users?limit=x")),
        (401, anonymous.get("/users")),
        (401, anonymous.get("/api/v1/users")),
        (403, alice.get("/users/1")),
        (404, admin.get("/users/99999")),
        (404, anonymous.get("/nothing")),
        (404, anonymous.get("/swagger-ui/nothing.js")),
        (204, anonymous.send("OPTIONS", "/users", None)),
        (405, admin.send("TRACE", "/users", None)),
        (409, admin.put("/api/v1/users/alice", &json!({"value": {"password": PASSWORD}}))),
        (412, admin.with("if-match", "9").patch(&user, &change)),
        (413, large.send("PATCH", &user, Some(&" ".repeat(70_000)))),
        (415, admin.send("PATCH", &user, Some("{}"))),
        (204, admin.delete("/api/v1/users/alice")),
        (200, anonymous.get("/health/live")),
        (200, anonymous.get("/health/ready")),
        (302, anonymous.get("/")),
        (302, anonymous.get("/swagger-ui")),
    ];
    assert_kept("no-store", answers);
}

#[test]
fn documents_are_revalidated_each_time() {
    let server = Server::start();
    let anonymous = server.anonymous();
    let answers = vec![
        (200, anonymous.get("/openapi.json")),
        (200, anonymous.get("/openapi.yaml")),
        (200, anonymous.get("/openapi-3.0.json")),
        (200, anonymous.get("/signing-test-vectors.json")),
        (200, anonymous.send("HEAD", "/openapi.json", None)),
    ];
    assert_kept("no-cache", answers);
}

/// The page, and each file that it or one of its files refers to.
fn page_files(server: &Server) -> Vec<String> {
    let reference =
        Regex::new(r#"(?:href|src|from)(?:=| )["'](?:\./)?([a-z][a-z.-]*)["']"#).unwrap();
    let mut files = vec![String::new(), "index.html".to_owned()];
    let mut read = 0;
    while let Some(file) = files.get(read) {
        read += 1;
        // Swagger UI's own scripts have no references.
        if file.starts_with("swagger-ui") {
            continue;
        }
        let text = server.anonymous().get(&format!("/swagger-ui/{file}")).body;
        for capture in reference.captures_iter(&text) {
            if !files.iter().any(|known| known == &capture[1]) {
                files.push(capture[1].to_owned());
            }
        }
    }
    files
}

#[test]
fn swagger_uis_files_may_load_each_other_and_nothing_else() {
    let server = Server::start();
    let files = page_files(&server);
    assert!(files.len() > 10, "{files:?}");
    for file in &files {
        let answer = server.anonymous().get(&format!("/swagger-ui/{file}"));
        assert_eq!(answer.status, 200, "{file}");
        assert_headers(&answer, "no-cache", file);
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
        assert!(
            policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
    }
}

#[test]
fn consoles_files_may_load_each_other_and_nothing_else() {
    let server = Server::start();
    let page = server.anonymous().get("/console/");
    let reference = Regex::new(r#"(?:href|src)="([^"]+)""#).unwrap();
    let files: Vec<_> =
        reference.captures_iter(&page.body).map(|found| found[1].to_owned()).collect();
    assert!(files.len() > 30, "{files:?}");
    for file in files.iter().map(String::as_str).chain(["", "index.html", "vendor/licences.txt"]) {
        let answer = server.anonymous().get(&format!("/console/{file}"));
        assert_eq!(answer.status, 200, "{file}");
        assert_headers(&answer, "no-cache", file);
        let policy = answer.header("content-security-policy");
        assert_eq!(
            policy,
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src \
             'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
             require-trusted-types-for 'script'; trusted-types 'none'",
            "{file}"
        );
    }
    assert_eq!(server.anonymous().get("/console/nothing.js").status, 404);
}

#[test]
fn the_console_can_be_switched_off_or_served_elsewhere() {
    let answers = |server: &Server| {
        ["/console", "/console/", "/openapi.json"].map(|path| server.anonymous().get(path).status)
    };
    assert_eq!(answers(&Server::start()), [302, 200, 200]);
    assert_eq!(answers(&Server::start_with(&["--console=off"])), [404, 404, 200]);
    assert_eq!(answers(&Server::start_with(&["--docs=off"])), [302, 200, 404]);
    let mut elsewhere = Server::start_with(&["--docs-listen=127.0.0.1:0"]);
    assert_eq!(answers(&elsewhere), [404, 404, 404]);
    let line = elsewhere.process().wait_for("console: ");
    let address = line.rsplit_once("http://").unwrap().1.strip_suffix("/console/").unwrap();
    assert_eq!(Client::new(address, None).get("/console/").status, 200);
    assert_eq!(Client::new(address, None).get("/console").header("location"), "console/");
}

#[test]
fn an_unchanged_document_is_not_sent_again() {
    let server = Server::start();
    for path in [
        "/openapi.json",
        "/openapi.yaml",
        "/openapi-3.0.json",
        "/signing-test-vectors.json",
        "/swagger-ui/",
        "/swagger-ui/swagger-ui-bundle.js",
        "/swagger-ui/settings.js",
        "/console/",
        "/console/main.js",
        "/console/operations.js",
    ] {
        let first = server.anonymous().get(path);
        let etag = first.header("etag");
        assert!(etag.starts_with('"') && etag.len() > 10, "{path} {etag}");
        let compressed = format!("\"{}-gzip\"", etag.trim_matches('"'));
        for tag in [
            etag.to_owned(),
            format!("W/{etag}"),
            compressed,
            format!("\"x\", {etag}"),
            "*".to_owned(),
        ] {
            let again = server.anonymous().with("if-none-match", &tag).get(path);
            assert_eq!((again.status, &*again.body), (304, ""), "{path} {tag}");
            assert_eq!((again.header("etag"), again.header("cache-control")), (etag, "no-cache"));
            assert_secure(|name| again.header(name).to_owned(), path);
        }
        let other = server.anonymous().with("if-none-match", "\"x\"").get(path);
        assert_eq!((other.status, &other.body), (200, &first.body), "{path}");
    }
}

#[test]
fn malformed_http_is_answered_in_the_same_form() {
    let server = Server::start();
    let long = "x".repeat(200_000);
    for (text, status, detail) in [
        ("nonsense\r\n\r\n", "400 Bad Request", "is not valid HTTP"),
        (
            "GET / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
            "400 Bad Request",
            "is not valid HTTP",
        ),
        (
            &format!("GET / HTTP/1.1\r\nhost: x\r\nx: {long}\r\n\r\n"),
            "431 Request Header Fields Too Large",
            "must be at most",
        ),
    ] {
        let mut raw = Raw::connect(server.address());
        // The server may end the connection before all is sent.
        let _ = raw.try_send(text);
        let answer = raw.rest();
        if answer.is_empty() && text.len() > 100_000 {
            continue;
        }
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{answer}");
        assert_secure(|name| header(&answer, name).to_owned(), text);
        assert_eq!(header(&answer, "cache-control"), "no-store");
        assert_eq!(header(&answer, "content-security-policy"), STRICT);
        assert_eq!(header(&answer, "content-type"), "application/problem+json");
        assert_eq!(header(&answer, "connection"), "close");
        assert!(!header(&answer, "x-request-id").is_empty());
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        assert_eq!(header(&answer, "content-length"), body.len().to_string());
        let problem: serde_json::Value = serde_json::from_str(body).unwrap();
        assert!(problem["detail"].as_str().unwrap().contains(detail), "{problem}");
    }
}

#[test]
fn an_answer_before_an_unreadable_request_is_whole() {
    let server = Server::start();
    let mut raw = Raw::connect(server.address());
    raw.try_send("GET /health/live HTTP/1.1\r\nhost: x\r\n\r\nnonsense\r\n\r\n").unwrap();
    assert!(raw.answer().ends_with("\r\n\r\nok\n"));
    assert!(raw.answer().starts_with("HTTP/1.1 400 Bad Request\r\ncontent-type: application/pro"));
    assert_eq!(raw.rest(), "");
}

#[test]
fn answers_over_tls_have_strict_transport_security() {
    let certificates = Certificates::make();
    let folder = tempfile::tempdir().unwrap();
    certificates.install(folder.path());
    let path = |name: &str| folder.path().join(name).display().to_string();
    let flags =
        [format!("--tls-cert={}", path("server.crt")), format!("--tls-key={}", path("server.key"))];
    let server = Server::start_with(&[&flags[0], &flags[1]]);
    for (request, status) in [
        ("GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n", "200"),
        ("x\r\n\r\n", "400"),
    ] {
        let mut command = std::process::Command::new("openssl");
        command.args(["s_client", "-quiet", "-connect", server.address()]);
        command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
        let mut client = command.stderr(std::process::Stdio::null()).spawn().unwrap();
        let mut stdin = client.stdin.take().unwrap();
        std::io::Write::write_all(&mut stdin, request.as_bytes()).unwrap();
        let answer = String::from_utf8(client.wait_with_output().unwrap().stdout).unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
        assert_eq!(header(&answer, "strict-transport-security"), "max-age=63072000");
    }
}

#[test]
fn documents_can_be_switched_off_or_served_elsewhere() {
    const PATHS: [&str; 7] = [
        "/",
        "/swagger-ui",
        "/swagger-ui/",
        "/openapi.json",
        "/openapi.yaml",
        "/openapi-3.0.json",
        "/signing-test-vectors.json",
    ];
    let off = Server::start_with(&["--docs=off"]);
    let mut elsewhere = Server::start_with(&["--docs-listen=127.0.0.1:0"]);
    for server in [&off, &elsewhere] {
        for path in PATHS {
            let answer = server.anonymous().get(path);
            assert_eq!(answer.error(), (404, "not-found".to_owned()), "{path}");
        }
        assert_eq!(server.admin().get("/users").status, 200);
    }
    elsewhere.process().wait_for("listening on http");
    let said = elsewhere.process().said();
    let addresses: Vec<_> =
        said.lines().filter_map(|line| line.split_once("listening on http://")).collect();
    let client = Client::new(addresses[1].1, Some(("root", ADMIN_PASSWORD)));
    for path in PATHS {
        assert!([200, 302].contains(&client.get(path).status), "{path}");
    }
    // Swagger UI calls the API at its own address.
    assert_eq!(client.get("/users").status, 200);
    let folder = tempfile::tempdir().unwrap();
    let both = ["--docs=off", "--docs-listen=127.0.0.1:0"];
    let output = rollcall(&folder, &both).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.starts_with("error: --docs-listen (ROLLCALL_DOCS_LISTEN) requires --docs"),
        "{said}"
    );
}
