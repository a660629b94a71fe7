//! Email addresses beyond ASCII, RFC 6531.

use serde_json::json;

use crate::{
    harness::{Answer, PASSWORD, Server},
    import::{HASHES, Place},
};

fn register(server: &Server, name: &str, email: &str) -> Answer {
    let info = json!({"name": name, "email": email, "plaintextPassword": PASSWORD});
    server.anonymous().post("/users", &json!({ "userInfo": info }))
}

#[test]
fn an_address_of_any_script_is_kept_composed_and_found() {
    let server = Server::start();
    for (number, (sent, kept, query)) in [
        ("josé@example.com", "josé@example.com", "JOS%C3%89@example.com"),
        ("jose\u{301}2@example.com", "josé2@example.com", "jose%CC%812@example.com"),
        ("用户@例子.广告", "用户@例子.广告", "%E7%94%A8%E6%88%B7@xn--fsqu00a.xn--4rr70v"),
        ("a@Bücher.example", "a@Bücher.example", "A@xn--bcher-kva.example"),
        ("अजय@डाटा.भारत", "अजय@डाटा.भारत", "%E0%A4%85%E0%A4%9C%E0%A4%AF@xn--c2bd1gb.xn--h2brj9c"),
    ]
    .into_iter()
    .enumerate()
    {
        let answer = register(&server, &format!("user{number}"), sent);
        assert_eq!((answer.status, &answer.json()["user"]["email"]), (201, &json!(kept)));
        let found = server.admin().get(&format!("/users?email={query}")).json();
        assert_eq!(found["userList"]["users"][0]["email"], kept, "{query}");
    }
}

#[test]
fn one_mailbox_is_one_users_in_every_spelling() {
    let server = Server::start();
    assert_eq!(register(&server, "alice", "josé@bücher.example").status, 201);
    let (id, _) = server.user("bob");
    for email in [
        "JOSÉ@bücher.example",
        "jose\u{301}@BÜCHER.example",
        "josé@xn--bcher-kva.example",
        "josé@bu\u{308}cher.EXAMPLE",
    ] {
        assert_eq!(register(&server, "carol", email).error(), (409, "email-taken".to_owned()));
        let change = json!({"userInfo": {"email": email}});
        let answer = server.admin().patch(&format!("/users/{id}"), &change);
        assert_eq!(answer.error(), (409, "email-taken".to_owned()), "{email}");
    }
    assert_eq!(register(&server, "carol", "jose@bücher.example").status, 201);
}

#[test]
fn invisible_characters_and_odd_domains_are_refused() {
    let server = Server::start();
    for email in [
        "zero\u{200b}width@example.com",
        "\u{202e}moc@example.com",
        "a\u{3000}b@example.com",
        "a@example。com",
        "a@ｅxample.com",
        "a@-ü.com",
        "a@xn--zz.example",
        "a@mail.XN--a-ECP.ru",
        &format!("{}@example.com", "é".repeat(33)),
        &format!("a@{}.com", "ü".repeat(62)),
    ] {
        let answer = register(&server, "alice", email);
        assert_eq!(answer.error(), (400, "invalid-fields".to_owned()), "{email:?}");
        let message = answer.json()["errors"][0]["message"].as_str().unwrap().to_owned();
        assert!(message.contains("at most 254 bytes in UTF-8 and 64 before the @"), "{message}");
    }
    let longest = format!("{}@example.com", "é".repeat(32));
    assert_eq!(register(&server, "alice", &longest).status, 201);
}

#[test]
fn files_and_the_command_line_keep_international_addresses() {
    let place = Place::new();
    let line = |name: &str, email: &str| {
        let (time, hash) = ("2017-05-08T17:44:19Z", HASHES[0]);
        format!(
            "{{\"name\":\"{name}\",\"email\":\"{email}\",\"status\":\"ENABLED\",\
             \"roles\":[\"ROLE_USER\",\"imaging.reader\"],\"createTime\":\"{time}\",\
             \"passwordHash\":\"{hash}\"}}\n"
        )
    };
    let text = line("alice", "josé@bücher.example") + &line("bob", "用户@例子.广告");
    place.write("users.ndjson", &text);
    place.succeed(&["import", "users.ndjson"]);
    assert_eq!(place.users(), text);
    place.write("more.ndjson", &line("carol", "JOSÉ@xn--bcher-kva.example"));
    let said = place.fail(1, &["import", "more.ndjson"]);
    assert!(said.contains("line 1: the email is taken"), "{said}");
    place.succeed(&["export", "users.csv", "--with-hashes"]);
    let other = Place::new();
    other.write("users.csv", &place.read("users.csv"));
    other.succeed(&["import", "users.csv"]);
    assert_eq!(other.users(), text);
    let list = place.succeed(&["user", "list", "--bcrypt-cost=4"]);
    assert!(list.contains("josé@bücher.example") && list.contains("ROLE_USER,imaging.reader"));
}
