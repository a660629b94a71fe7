//! How fast passwords can be guessed and users registered.

use serde_json::json;

use crate::harness::{ADMIN_PASSWORD, Answer, PASSWORD, Server};

fn assert_too_many(answer: &Answer) {
    assert_eq!(answer.status, 429, "{answer:?}");
    let wait: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{answer:?}");
}

#[test]
fn ten_wrong_passwords_throttle_a_name_whether_or_not_it_exists() {
    let server = Server::start();
    server.user("alice");
    for name in ["alice", "absent"] {
        for guess in 0..10 {
            let answer = server.login(name, &format!("guess {guess}")).get("/users");
            assert_eq!(answer.status, 401, "{name} {guess}");
        }
        assert_too_many(&server.login(name, "guess 10").get("/users"));
        assert_too_many(&server.login(name, PASSWORD).get("/api/v1/users"));
    }
    assert_eq!(server.admin().get("/users").status, 200);
}

#[test]
fn a_cached_login_is_not_throttled_by_guesses() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let path = format!("/users/{id}");
    assert_eq!(alice.get(&path).status, 200);
    for guess in 0..12 {
        server.login("alice", &format!("guess {guess}")).get(&path);
    }
    assert_too_many(&server.login("alice", "another guess").get(&path));
    assert_eq!(alice.get(&path).status, 200);
}

#[test]
fn a_right_password_clears_the_count() {
    let server = Server::start();
    server.user("alice");
    for round in 0..3 {
        for guess in 0..9 {
            let answer = server.login("alice", &format!("guess {guess}")).get("/users");
            assert_eq!(answer.status, 401);
        }
        let password = format!("password of round {round}");
        server.change(2, &json!({"plaintextPassword": password}));
        assert_eq!(server.login("alice", &password).get("/users/2").status, 200);
    }
}

#[test]
fn an_address_that_guesses_at_many_accounts_must_wait() {
    let server = Server::start_with(&["--failures-per-address=20"]);
    let admin = server.admin();
    assert_eq!(admin.get("/users").status, 200);
    for name in 0..20 {
        assert_eq!(server.login(&format!("name{name}"), PASSWORD).get("/users").status, 401);
    }
    assert_too_many(&server.login("another", PASSWORD).get("/users"));
    assert_eq!(admin.get("/users").status, 200);
}

#[test]
fn the_current_password_can_not_be_guessed_any_faster() {
    let server = Server::start();
    let (_, alice) = server.user("alice");
    let guess = |number: i32| {
        let current = format!("guess {number}");
        let body = json!({"value": {"current_password": current, "password": "a fine new one"}});
        alice.patch("/api/v1/users/alice", &body)
    };
    for number in 0..10 {
        assert_eq!(guess(number).status, 403);
    }
    assert_too_many(&guess(10));
}

#[test]
fn a_forwarded_address_counts_only_from_a_trusted_proxy() {
    let fail = |server: &Server, from: &str, count: usize| {
        let attempt = |guess| {
            let client = server.login("root", &format!("guess {guess} from {from}"));
            client.with("x-forwarded-for", from).get("/users").status
        };
        (0..count).map(attempt).fold(0, |_, status| status)
    };
    let server = Server::start_with(&["--trusted-proxies=127.0.0.1"]);
    assert_eq!(fail(&server, "1.1.1.1", 11), 429);
    assert_eq!(fail(&server, "1.1.1.1, 2.2.2.2", 10), 401);
    let admin = server.login("root", ADMIN_PASSWORD).with("x-forwarded-for", "3.3.3.3");
    assert_eq!(admin.get("/users").status, 200);
    let server = Server::start();
    assert_eq!(fail(&server, "1.1.1.1", 10), 401);
    assert_eq!(fail(&server, "2.2.2.2", 1), 429);
}

#[test]
fn the_client_is_the_address_at_the_trusted_hop() {
    let server = Server::start_with(&["--trusted-hops=2", "--failures-per-account=2"]);
    let fail = |from: &str| {
        let guess = server.login("root", &format!("guess from {from}"));
        guess.with("x-forwarded-for", from).get("/users").status
    };
    // The part left of the client's address is forged.
    for (made_up, expected) in [("6.6.6.6", 401), ("7.7.7.7", 401), ("8.8.8.8", 429)] {
        assert_eq!(fail(&format!("{made_up}, 1.1.1.1, 10.0.0.1")), expected);
    }
    assert_eq!(fail("1.1.1.1, 2.2.2.2:4711, 10.0.0.1"), 401);
    // With fewer addresses than hops the peer's address counts.
    for (from, expected) in [("3.3.3.3", 401), ("4.4.4.4", 401), ("5.5.5.5", 429)] {
        assert_eq!(fail(from), expected);
    }
}

#[test]
fn registrations_from_one_address_are_limited() {
    let server = Server::start_with(&["--registrations-per-address=2"]);
    let register = |name: &str| {
        let email = format!("{name}@example.com");
        let info = json!({"name": name, "email": email, "plaintextPassword": PASSWORD});
        server.anonymous().post("/users", &json!({ "userInfo": info }))
    };
    assert_eq!(register("alice").status, 201);
    assert_eq!(register("alice").status, 409);
    assert_too_many(&register("bob"));
    let made = server.admin().put("/api/v1/users/bob", &json!({"value": {"password": PASSWORD}}));
    assert_eq!(made.status, 201);
}
