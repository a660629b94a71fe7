//! How fast reset codes can be guessed.

use super::{NEW, assert_refused, create, redeem};
use crate::harness::{Server, until};

#[test]
fn an_address_that_guesses_codes_must_wait() {
    let mut server = Server::start_with(&["--failures-per-address=5"]);
    let (id, _) = server.user("alice");
    let right = create(&server, id);
    for number in 0..5 {
        assert_refused(&redeem(&server, &format!("guess {number}"), NEW));
    }
    for code in ["guess 5", &right] {
        let answer = redeem(&server, code, NEW);
        assert_eq!(answer.error(), (429, "too-many-attempts".to_owned()));
        let wait: u64 = answer.header("retry-after").parse().unwrap();
        assert!((1..=60).contains(&wait), "{answer:?}");
    }
    // A line is written after its answer.
    let mut refused = |reason: &str| {
        let (said, ending) = (server.process().said(), format!(" refused={reason}"));
        let is_one = |line: &&str| line.contains(" POST /reset-codes ") && line.ends_with(&ending);
        said.lines().filter(is_one).count()
    };
    until("the refusals are not logged", || {
        (refused("no-reset-code"), refused("throttled")) == (5, 2)
    });
}

#[test]
fn right_codes_and_refused_passwords_are_not_counted() {
    let server = Server::start_with(&["--failures-per-address=3"]);
    let (id, _) = server.user("alice-in-wonderland");
    for _ in 0..3 {
        let code = create(&server, id);
        for _ in 0..3 {
            assert_eq!(redeem(&server, &code, "alice-in-wonderland").status, 400);
        }
        assert_eq!(redeem(&server, &code, NEW).status, 204);
    }
    // Wrong passwords and invalid codes are one count.
    for guess in ["one", "two"] {
        assert_eq!(server.login(guess, guess).get("/users").status, 401);
    }
    assert_refused(&redeem(&server, "guess", NEW));
    assert_eq!(redeem(&server, "guess", NEW).status, 429);
    assert_eq!(server.login("three", "three").get("/users").status, 429);
}
