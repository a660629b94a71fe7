//! Basic credentials in Latin-1, as many clients send them despite the challenge.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::json;

use crate::harness::{Client, Server};

const NAME: &str = "peña";
const PASSWORD: &str = "contraseña-é-1";
const PATH: &str = "/api/v1/users/pe%C3%B1a";

/// A client with credentials in Latin-1.
fn latin_1(server: &Server, name: &str, password: &str) -> Client {
    let text = format!("{name}:{password}");
    let bytes: Vec<u8> = text.chars().map(|character| u8::try_from(character).unwrap()).collect();
    assert!(std::str::from_utf8(&bytes).is_err());
    let value = format!("Basic {}", BASE64_STANDARD.encode(bytes));
    server.anonymous().with("authorization", &value)
}

fn make(server: &Server, password: &str) {
    let made = server.admin().put(PATH, &json!({"value": {"password": password}}));
    assert_eq!(made.status, 201, "{made:?}");
}

#[test]
fn a_name_and_a_password_in_latin_1_log_in() {
    // In NFC as on most systems, and in NFD as often on macOS.
    for set in [PASSWORD, "contrasen\u{303}a-e\u{301}-1"] {
        let server = Server::start();
        make(&server, set);
        for client in [latin_1(&server, NAME, PASSWORD), server.login(NAME, PASSWORD)] {
            assert_eq!(client.get(PATH).status, 200, "{set}");
        }
        let changed = json!({"value": {"current_password": PASSWORD, "password": "fine and new"}});
        assert_eq!(latin_1(&server, "PEÑA", PASSWORD).patch(PATH, &changed).status, 200);
        assert_eq!(latin_1(&server, NAME, PASSWORD).get(PATH).status, 401);
        assert_eq!(latin_1(&server, NAME, "fine and new").get(PATH).status, 200);
    }
}

#[test]
fn a_guess_is_one_attempt_in_either_encoding() {
    let server = Server::start_with(&["--failures-per-account=4"]);
    make(&server, PASSWORD);
    for number in 0..2 {
        let guess = format!("contraseña {number}");
        assert_eq!(latin_1(&server, NAME, &guess).get(PATH).status, 401);
        assert_eq!(server.login(NAME, &guess).get(PATH).status, 401);
    }
    for client in [latin_1(&server, NAME, PASSWORD), server.login(NAME, PASSWORD)] {
        assert_eq!(client.get(PATH).status, 429);
    }
}

#[test]
fn valid_utf_8_is_never_read_as_latin_1() {
    let server = Server::start();
    // In Latin-1 the bytes of this are those of `ñ` in UTF-8.
    let misread: String = "contraseña-1".bytes().map(char::from).collect();
    make(&server, &misread);
    assert_eq!(server.login(NAME, "contraseña-1").get(PATH).status, 401);
    assert_eq!(server.login(NAME, &misread).get(PATH).status, 200);
}

#[test]
fn a_refusal_is_logged_as_that_of_any_password() {
    let mut server = Server::start();
    make(&server, PASSWORD);
    for (id, name, reason) in
        [("wrong", NAME, "wrong-password account=2"), ("unknown", "ñandú", "unknown-name")]
    {
        let client = latin_1(&server, name, "wrong ñ").with("x-request-id", id);
        assert_eq!(client.get(PATH).status, 401);
        let line = server.process().wait_for(&format!("/{id} "));
        assert!(line.ends_with(&format!(" - refused={reason}")), "{line}");
        assert!(!line.contains('ñ'), "{line}");
    }
}
