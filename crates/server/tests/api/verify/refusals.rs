//! Requests that are not let through, and the answers.

use serde_json::json;

use super::VERIFY;
use crate::harness::{PASSWORD, Postgres, Raw, Server, Session};

#[test]
fn wrong_credentials_get_the_challenge_and_no_name() {
    let server = Server::start();
    let (id, disabled) = server.user("disabled");
    server.change(id, &json!({"status": "DISABLED"}));
    server.user("alice");
    let (session, _) = server.session("alice", PASSWORD);
    let forged = Session { token: "forged".to_owned(), ..session };
    let anonymous = server.anonymous();
    let bodies = [
        anonymous.clone(),
        server.login("alice", "wrong password"),
        server.login("absent", PASSWORD),
        disabled,
        anonymous.signing(&forged),
        anonymous.with("remote-user", "root"),
        anonymous.with("authorization", "Bearer abc"),
        anonymous.with("authorization", "Basic !!!"),
    ]
    .map(|client| {
        let answer = client.get(VERIFY);
        assert_eq!(answer.error(), (401, "unauthenticated".to_owned()));
        let challenge = r#"Basic realm="rollcall", charset="UTF-8""#;
        assert_eq!(answer.header("www-authenticate"), challenge);
        assert!(answer.headers.keys().all(|name| !name.as_str().starts_with("remote")));
        answer.body
    });
    // The last two are wrong in their form, for every user.
    let (wrong, malformed) = bodies.split_at(6);
    for alike in [wrong, malformed] {
        assert!(alike.iter().all(|body| *body == alike[0]), "{alike:?}");
    }
    let script = anonymous.with("x-requested-with", "XMLHttpRequest").get(VERIFY);
    assert!(script.header("www-authenticate").starts_with("xBasic "));
}

#[test]
fn other_methods_are_405() {
    let server = Server::start();
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        let answer = server.admin().send(method, VERIFY, None);
        assert_eq!(answer.error(), (405, "method-not-allowed".to_owned()), "{method}");
        assert_eq!(answer.header("allow"), "GET, HEAD, OPTIONS", "{method}");
    }
    for path in ["/auth", "/auth/", "/auth/verify/", "/auth/verify/x", "/Auth/verify"] {
        assert_eq!(server.admin().get(path).status, 404, "{path}");
    }
}

#[test]
fn guesses_through_a_proxy_are_limited_by_client() {
    let server = Server::start_with(&["--trusted-proxies=127.0.0.1", "--failures-per-account=3"]);
    server.user("alice");
    let from = |address: &str, password: &str| {
        server.login("alice", password).with("x-forwarded-for", address).get(VERIFY)
    };
    for guess in 0..3 {
        assert_eq!(from("198.51.100.1", &format!("guess {guess}")).status, 401);
    }
    for password in ["another guess", PASSWORD] {
        let answer = from("198.51.100.1", password);
        assert_eq!(answer.error(), (429, "too-many-attempts".to_owned()));
        let wait: u64 = answer.header("retry-after").parse().unwrap();
        assert!((1..=60).contains(&wait), "{answer:?}");
    }
    assert_eq!(from("198.51.100.2", PASSWORD).status, 204);
}

#[test]
fn without_a_database_no_user_is_let_through() {
    let postgres = Postgres::start();
    let server = Server::start_on(&postgres.url());
    let (admin, (_, signed)) = (server.admin(), server.admin_session());
    assert_eq!([admin.get(VERIFY).status, signed.get(VERIFY).status], [204; 2]);
    postgres.pause();
    for client in [&admin, &signed] {
        let answer = client.get(VERIFY);
        assert_eq!(answer.error(), (503, "unavailable".to_owned()));
        assert!(!answer.header("retry-after").is_empty());
    }
    postgres.resume();
}

#[test]
fn the_check_is_served_below_the_base_path_alone() {
    let server = Server::start_with(&["--base-path=/prov"]);
    let authorization = crate::harness::basic("root", crate::harness::ADMIN_PASSWORD);
    let mut raw = Raw::connect(server.address());
    for (path, status) in
        [("/prov/auth/verify?role=admin", "204"), ("/auth/verify", "404"), ("/prov/auth", "404")]
    {
        let answer = raw.get(path, &format!("authorization: {authorization}\r\n"));
        assert_eq!(&answer[9..12], status, "{answer}");
    }
}
