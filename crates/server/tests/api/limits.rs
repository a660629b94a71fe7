//! The limits that the document states are the limits that the server keeps.

use rollcall_domain::limits::LARGEST_NUMBER;
use serde_json::{Value, json};

use crate::harness::{Answer, Client, Server};

const DOCUMENT: &str = include_str!("../../../../openapi/openapi.json");

/// The schema of a member in the document.
fn stated(schema: &str, member: &str) -> Value {
    let document: Value = serde_json::from_str(DOCUMENT).unwrap();
    let stated = &document["components"]["schemas"][schema]["properties"][member];
    assert!(stated.is_object(), "{schema}.{member}");
    stated.clone()
}

/// Whether a text fits the schema of a member, including its format.
fn is_as_stated(stated: &Value, text: &str) -> bool {
    let options = jsonschema::options().should_validate_formats(true);
    options.build(stated).unwrap().is_valid(&json!(text))
}

/// Texts of the lengths on both sides of each limit, made by `text` for a length.
fn around(stated: &Value, text: impl Fn(usize) -> String) -> Vec<String> {
    let length = |name: &str| usize::try_from(stated[name].as_u64().unwrap()).unwrap();
    let (shortest, longest) = (length("minLength"), length("maxLength"));
    [shortest - 1, shortest, longest, longest + 1].map(text).to_vec()
}

/// Sends each text, and checks that the server answers 400 exactly when the schema rejects it.
fn compare(stated: &Value, texts: &[String], send: impl Fn(&str) -> Answer) {
    let taken: Vec<_> = texts.iter().map(|text| send(text).status != 400).collect();
    let valid: Vec<_> = texts.iter().map(|text| is_as_stated(stated, text)).collect();
    assert_eq!(taken, valid, "{texts:?}");
    assert!(taken.contains(&true) && taken.contains(&false), "{texts:?}");
}

fn register(client: &Client, member: &str, value: &str) -> Answer {
    let unique = value.chars().count();
    let mut info = json!({
        "name": format!("user{unique}"),
        "email": format!("user{unique}@example.com"),
        "plaintextPassword": "a password of a user",
    });
    info[member] = json!(value);
    client.post("/users", &json!({"userInfo": info}))
}

#[test]
fn names_and_addresses_are_taken_up_to_their_stated_lengths() {
    let server = Server::start();
    let name = stated("UserRegistrationInfo", "name");
    let anonymous = server.anonymous();
    let change = |member: &str, text: &str| {
        let (id, client) = server.user(&format!("{}{}", member, text.len()));
        client.patch(&format!("/users/{id}"), &json!({"userInfo": {member: text}}))
    };
    let names = around(&name, |length| "é".repeat(length));
    compare(&name, &names, |text| register(&anonymous, "name", text));
    assert_eq!(name["maxLength"], stated("UserChangeInfo", "name")["maxLength"]);
    let names = around(&name, |length| "n".repeat(length));
    compare(&stated("UserChangeInfo", "name"), &names, |text| change("name", text));
    let email = stated("UserRegistrationInfo", "email");
    let emails = around(&email, |length| {
        let host = "x.".repeat(length.saturating_sub(2) / 2);
        format!("{}@{host}x", "a".repeat(length.saturating_sub(host.len() + 2)))
    });
    compare(&email, &emails, |text| register(&anonymous, "email", text));
    // For a change the schema only has the length, since the empty text removes the address.
    let email = stated("UserChangeInfo", "email");
    assert_eq!((&email["type"], &email["maxLength"]), (&json!(["string", "null"]), &json!(254)));
    assert_eq!((&email["format"], &email["pattern"]), (&Value::Null, &Value::Null));
    let emails = [0, 254, 255].map(|length| match length {
        0 => String::new(),
        _ => format!("ab@{}{}", "x.".repeat(125), "x".repeat(length - 253)),
    });
    compare(&email, &emails, |text| change("email", text));
}

#[test]
fn names_and_addresses_are_taken_as_their_stated_patterns_say() {
    let server = Server::start();
    let name = stated("UserRegistrationInfo", "name");
    let names = [
        ".", "..", "...", ".a", "..a", "a.", "a:b", "a/b", "a b", "é", "o'neil", "a@b", "a?", "#a",
        "a%41", "a\\b", "a&b", "a+b", "a;b",
    ];
    let names = names.map(str::to_owned);
    compare(&name, &names, |text| {
        let email = format!("{}@example.com", names.iter().position(|name| name == text).unwrap());
        let info = json!({"name": text, "email": email, "plaintextPassword": "a fine password"});
        server.anonymous().post("/users", &json!({"userInfo": info}))
    });
    let email = stated("UserRegistrationInfo", "email");
    let emails = [
        "a@b",
        "a@b.c",
        "a@b..c",
        "a..b@c",
        ".a@b",
        "a.@b",
        "a@-b",
        "a@b-",
        "ü@b",
        "@b",
        "ü@bücher.de",
        "用户@例子.广告",
        "a\"b@c",
        "a@b@c",
        "a\u{3000}@b",
    ];
    let emails: Vec<_> = emails.map(str::to_owned).into_iter().collect();
    compare(&email, &emails, |text| register_numbered(&server, &emails, text));
}

fn register_numbered(server: &Server, emails: &[String], email: &str) -> Answer {
    let name = format!("number{}", emails.iter().position(|other| other == email).unwrap());
    let info = json!({"name": name, "email": email, "plaintextPassword": "a fine password"});
    server.anonymous().post("/users", &json!({"userInfo": info}))
}

#[test]
fn passwords_are_taken_up_to_their_stated_lengths() {
    let server = Server::start();
    let admin = server.admin();
    let phrase = |length: usize| "☃ password ".chars().cycle().take(length).collect::<String>();
    let (id, _) = server.user("sample");
    let path = "/api/v1/users/sample";
    for (schema, member) in [
        ("UserRegistrationInfo", "plaintextPassword"),
        ("UserChangeInfo", "plaintextPassword"),
        ("PortalUserCreateValue", "password"),
        ("PortalPasswordChangeValue", "password"),
    ] {
        let password = stated(schema, member);
        let texts = around(&password, phrase);
        compare(&password, &texts, |text| match schema {
            "UserRegistrationInfo" => register(&server.anonymous(), member, text),
            "UserChangeInfo" => {
                admin.patch(&format!("/users/{id}"), &json!({"userInfo": {member: text}}))
            }
            "PortalUserCreateValue" => {
                let path = format!("/api/v1/users/new{}", text.chars().count());
                admin.put(&path, &json!({"value": {member: text}}))
            }
            _ => admin.patch(path, &json!({"value": {member: text}})),
        });
    }
}

#[test]
fn roles_are_taken_as_stated_in_number_and_pattern() {
    let server = Server::start();
    let (id, _) = server.user("sample");
    let change = |roles: Value| {
        server.admin().patch(&format!("/users/{id}"), &json!({"userInfo": {"roles": roles}}))
    };
    let most = stated("UserChangeInfo", "roles")["maxItems"].as_u64().unwrap();
    for (count, status) in [(most, 200), (most + 1, 400)] {
        let roles = (0..count).map(|number| json!({"name": format!("role{number}")})).collect();
        assert_eq!(change(roles).status, status, "{count}");
    }
    let longest = format!("a{}", "b".repeat(63));
    let names = [
        "admin",
        "a_b-1",
        "",
        "A",
        "1a",
        "é",
        "a b",
        "ROLE_USER",
        "imaging.reader",
        "system:masters",
        "a;b",
        "a,b",
        &longest,
        &format!("{longest}b"),
    ];
    let names = names.map(str::to_owned);
    compare(&stated("Role", "name"), &names, |text| change(json!([{"name": text}])));
}

#[test]
fn ids_are_taken_within_their_stated_range() {
    let server = Server::start();
    let document: Value = serde_json::from_str(DOCUMENT).unwrap();
    let id = &document["paths"]["/users/{userId}"]["get"]["parameters"][0]["schema"];
    assert_eq!((&id["minimum"], &id["maximum"]), (&json!(1), &json!(LARGEST_NUMBER)));
    for (id, status) in [
        ("0", 400),
        ("1", 200),
        ("9007199254740991", 404),
        ("9007199254740992", 404),
        ("9223372036854775807", 404),
        ("9223372036854775808", 400),
        ("-1", 400),
    ] {
        assert_eq!(server.admin().get(&format!("/users/{id}")).status, status, "{id}");
    }
}
