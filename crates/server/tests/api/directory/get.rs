use serde_json::json;

use crate::harness::Server;

#[test]
fn shows_a_user_to_itself_and_to_admins() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let path = format!("/users/{id}");
    for client in [alice, server.admin()] {
        let answer = client.get(&path);
        assert_eq!((answer.status, answer.header("etag")), (200, "\"0\""));
        assert_eq!(answer.header("cache-control"), "private, no-cache");
        assert_eq!(answer.json()["user"]["name"], "alice");
    }
}

#[test]
fn answers_304_while_the_client_has_the_version() {
    let server = Server::start();
    let (id, alice) = server.user("alice");
    let path = format!("/users/{id}");
    let asking = alice.with("if-none-match", "\"0\"");
    let answer = asking.get(&path);
    assert_eq!((answer.status, answer.header("etag"), &*answer.body), (304, "\"0\"", ""));
    server.change(id, &json!({"email": "other@example.com"}));
    assert_eq!(asking.get(&path).status, 200);
    for tag in ["W/\"1\", \"7\"", "\"1-gzip\"", "\"1-zstd\"", "\"1;gzip\"", "W/\"1--gzip\""] {
        assert_eq!(alice.with("if-none-match", tag).get(&path).status, 304, "{tag}");
    }
}

#[test]
fn an_id_is_a_whole_number_from_1() {
    let server = Server::start();
    for id in ["0", "-1", "+1", "01", "1.0", "root", "%31x", "9223372036854775808", "1%20"] {
        let answer = server.admin().get(&format!("/users/{id}"));
        assert_eq!(answer.error(), (400, "malformed-request".to_owned()), "{id}");
    }
    let answer = server.admin().get("/users/9223372036854775807");
    assert_eq!(answer.error(), (404, "not-found".to_owned()));
    assert_eq!(server.anonymous().get("/users/root").status, 401);
}
