//! What the answer says of the user.

use serde_json::json;

use super::{VERIFY, remote};
use crate::harness::{ADMIN_PASSWORD, PASSWORD, Server};

/// Makes a user with this name and address, and returns its id.
fn register(server: &Server, name: &str, email: &str) -> i64 {
    let info = json!({"name": name, "email": email, "plaintextPassword": PASSWORD});
    let made = server.admin().post("/users", &json!({ "userInfo": info }));
    assert_eq!(made.status, 201, "{made:?}");
    made.json()["user"]["id"].as_i64().unwrap()
}

#[test]
fn the_headers_name_the_user_of_a_password_or_a_session() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let (_, signed) = server.session("alice", PASSWORD);
    server.change(id, &json!({"roles": [{"name": "writer"}, {"name": "auditor"}]}));
    for client in [&alice, &signed] {
        let expected = ["alice", &id.to_string(), "alice@example.com", "auditor,writer"];
        assert_eq!(remote(client), expected);
    }
    assert_eq!(remote(&server.admin()), ["root", "1", "", "admin"]);
    assert_eq!(remote(&server.login("ROOT", ADMIN_PASSWORD))[0], "root");
}

/// A proxy that replaces only headers that the answer has would let the client's own pass.
#[test]
fn without_address_and_roles_the_headers_are_empty() {
    let server = Server::start();
    let body = json!({"value": {"password": PASSWORD}});
    assert_eq!(server.admin().put("/api/v1/users/alice", &body).status, 201);
    assert_eq!(remote(&server.login("alice", PASSWORD)), ["alice", "2", "", ""]);
}

#[test]
fn text_beyond_printable_ascii_is_percent_encoded() {
    let server = Server::start();
    for (name, email, shown) in [
        ("m\u{fc}ller", "m\u{fc}ller@b\u{fc}cher.example", "m%C3%BCller"),
        ("\u{540d}\u{524d}", "\u{540d}@example.com", "%E5%90%8D%E5%89%8D"),
        ("a+b@c,d;e=f\"g", "a+b%41@example.com", "a+b@c,d;e=f\"g"),
        ("\u{430}\u{431}", "x~!$&'*/=?^_`{|}@example.com", "%D0%B0%D0%B1"),
    ] {
        register(&server, name, email);
        let [user, _, address, _] = remote(&server.login(name, PASSWORD));
        assert_eq!(user, shown, "{name}");
        let bytes = email.bytes().map(|byte| {
            let is_plain = byte.is_ascii_graphic() && byte != b'%';
            if is_plain { char::from(byte).to_string() } else { format!("%{byte:02X}") }
        });
        assert_eq!(address, bytes.collect::<String>(), "{email}");
    }
}

/// The longest user still fits in the 8 KiB that nginx reads of a head by the recipe.
#[test]
fn the_longest_user_has_an_answer_below_eight_kibibytes() {
    let server = Server::start();
    let name = "\u{20000}".repeat(64);
    let labels = ["\u{e9}", "\u{f6}", "\u{fc}"].map(|letter| letter.repeat(30)).join(".");
    let id = register(&server, &name, &format!("{}@{labels}", "\u{e9}".repeat(32)));
    let roles: Vec<_> =
        (0..32).map(|number| json!({"name": format!("r{number:02}{}", "x".repeat(61))})).collect();
    server.change(id, &json!({ "roles": roles }));
    let answer = server.login(&name, PASSWORD).get(VERIFY);
    assert_eq!(answer.status, 204);
    let length: usize =
        answer.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    assert!((3900..8000).contains(&length), "{length}");
}

#[test]
fn no_cache_keeps_an_answer() {
    let server = Server::start();
    for client in [server.admin(), server.anonymous()] {
        for method in ["GET", "HEAD"] {
            let answer = client.with("if-none-match", "*").send(method, VERIFY, None);
            assert_eq!(answer.header("cache-control"), "no-store");
            assert_eq!((answer.header("etag"), answer.status == 304), ("", false));
        }
    }
}

#[test]
fn the_log_names_the_user_and_never_the_query() {
    let mut server = Server::start();
    server.user("alice");
    let alice = server.login("alice", PASSWORD).with("x-request-id", "verified");
    assert_eq!(alice.get("/auth/verify?role=canary").status, 403);
    let line = server.process().wait_for("/verified ");
    assert!(line.contains("GET /auth/verify 403 ") && line.ends_with(" alice"), "{line}");
    assert!(!server.process().said().contains("canary"));
}
