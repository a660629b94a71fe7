use crate::harness::{PASSWORD, Server};

#[test]
fn shows_a_user_without_an_envelope() {
    let server = Server::start();
    let (_, alice) = server.user("alice");
    for client in [alice, server.admin()] {
        let answer = client.get("/api/v1/users/alice");
        assert_eq!((answer.status, &*answer.body), (200, r#"{"username":"alice","admin":false}"#));
    }
}

#[test]
fn finds_a_name_in_any_case_and_unicode_form() {
    let server = Server::start();
    server.user("root2");
    let made = server
        .admin()
        .put("/api/v1/users/J%C3%BCrgen", &serde_json::json!({"value": {"password": PASSWORD}}));
    assert_eq!(made.json()["value"]["username"], "Jürgen");
    for path in ["J%C3%BCrgen", "JU%CC%88RGEN", "j%c3%bcrgen"] {
        let answer = server.admin().get(&format!("/api/v1/users/{path}"));
        assert_eq!(answer.json()["username"], "Jürgen", "{path}");
    }
    assert_eq!(server.login("JÜRGEN", PASSWORD).get("/api/v1/users/j%C3%BCrgen").status, 200);
}

#[test]
fn a_missing_user_is_404_to_an_admin() {
    let server = Server::start();
    for path in
        ["absent", "not%20a%20name", "a%2Fb", "a%3Ab", "%FF", "%00", "..%2Froot", "%EF%AC%81sh"]
    {
        let answer = server.admin().get(&format!("/api/v1/users/{path}"));
        assert_eq!(answer.error(), (404, "There is no such user".to_owned()), "{path}");
    }
}
