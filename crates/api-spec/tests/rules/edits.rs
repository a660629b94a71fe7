//! Mistakes, each of which one rule must find.

use serde_json::{Value, json};

/// A place of the document, and a change there that breaks a rule.
pub(crate) type Edit = (&'static str, fn(&mut Value));

fn remove(object: &mut Value, member: &str) {
    assert!(object.as_object_mut().unwrap().shift_remove(member).is_some(), "no {member}");
}

const LIST: &str = "/paths/~1users/get";
const GET_USER: &str = "/paths/~1users~1{userId}/get";

pub(crate) const VERSION: &[Edit] = &[("", |it| it["openapi"] = json!("3.2.0"))];

pub(crate) const TAGS: &[Edit] = &[
    (LIST, |it| it["tags"] = json!(["directory", "portal"])),
    (LIST, |it| it["tags"] = json!(["undeclared"])),
    ("/tags/0", |it| remove(it, "description")),
    ("/tags/0", |it| remove(it, "x-displayName")),
];

pub(crate) const WORDS: &[Edit] =
    &[(LIST, |it| remove(it, "summary")), (LIST, |it| it["description"] = json!(" "))];

pub(crate) const SUMMARIES: &[Edit] = &[(LIST, |it| it["summary"] = json!("Get All Users"))];

pub(crate) const IDS: &[Edit] = &[
    (LIST, |it| it["operationId"] = json!("getUser")),
    (LIST, |it| it["operationId"] = json!("list_users")),
    (LIST, |it| it["operationId"] = json!("users")),
    (LIST, |it| remove(it, "operationId")),
];

pub(crate) const SECURITY: &[Edit] =
    &[(LIST, |it| remove(it, "security")), (LIST, |it| it["security"] = json!([{"unknown": []}]))];

pub(crate) const PARAMETERS: &[Edit] = &[
    (GET_USER, |it| it["parameters"] = json!([])),
    ("/paths/~1users~1{userId}/get/parameters/0", |it| remove(it, "description")),
    ("/paths/~1users~1{userId}/get/parameters/1/schema", |it| {
        it["type"] = json!(["string", "null"]);
    }),
    ("/paths/~1users~1{userId}/get/parameters/0", |it| remove(it, "example")),
    ("/paths/~1users/get/parameters/0", |it| it["example"] = json!(10)),
];

pub(crate) const REQUESTS: &[Edit] = &[
    ("/paths/~1users/post/requestBody", |it| it["required"] = json!(false)),
    ("/paths/~1api~1v1~1users~1{user}/patch/requestBody", |it| it["required"] = json!(true)),
    ("/components/schemas/UserRegistration", |it| remove(it, "example")),
    ("/paths/~1users/post/requestBody/content/application~1json", |it| {
        it["schema"] = json!({"type": "object"});
    }),
];

pub(crate) const LINKS: &[Edit] = &[
    ("/paths/~1users/post/responses/201", |it| remove(it, "links")),
    ("/paths/~1users/post/responses/201/links/GetUser", |it| {
        it["operationId"] = json!("getSample");
    }),
    ("/paths/~1users/post/responses/201/links/GetUser", |it| {
        it["parameters"] = json!({"id": "$response.body#/user/id"});
    }),
];

pub(crate) const SUCCESSES: &[Edit] = &[
    ("/paths/~1users/post/responses", |it| it["200"] = it["201"].clone()),
    ("/paths/~1api~1v1~1users~1{user}/delete/responses/204", |it| {
        it["content"] = json!({});
    }),
];

pub(crate) const REFUSALS: &[Edit] = &[
    ("/components/responses/PortalForbidden/content/application~1json", |it| {
        remove(it, "example");
    }),
    ("/components/responses/DirectoryForbidden", |it| {
        it["content"] = json!({"text/plain": {"schema": {"type": "string"}}});
    }),
];

pub(crate) const STATUSES: &[Edit] = &[
    ("/paths/~1users/get/responses", |it| remove(it, "401")),
    ("/paths/~1users~1{userId}/patch/responses", |it| remove(it, "412")),
    ("/paths/~1users/post/responses", |it| remove(it, "415")),
];

pub(crate) const HEADERS: &[Edit] = &[
    ("/components/responses/PortalUnauthenticated/headers", |it| {
        remove(it, "WWW-Authenticate");
    }),
    ("/paths/~1users/post/responses/201/headers/ETag", |it| remove(it, "required")),
    ("/paths/~1users/post/responses/201/headers", |it| remove(it, "X-Request-Id")),
];

pub(crate) const BODIES: &[Edit] =
    &[("/paths/~1users/get/responses/200/content/application~1json", |it| {
        it["schema"] = json!({"type": "object"});
    })];

pub(crate) const NAMES: &[Edit] = &[
    ("/components/schemas", |it| it["NewUser"] = it["User"].clone()),
    ("/components/schemas", |it| it["Value"] = it["User"].clone()),
    ("/components/schemas", |it| it["Envelope_User"] = it["User"].clone()),
    ("/components/schemas", |it| it["CreateUserRequest"] = it["User"].clone()),
];

pub(crate) const CONSTANTS: &[Edit] = &[("/components/schemas/UserSort/x-enum-varnames", |it| {
    it[0] = json!("ENABLED");
})];

pub(crate) const PATTERNS: &[Edit] = &[
    ("/components/schemas/UserRegistrationInfo/properties/email/pattern", |it| {
        *it = json!(r"^[^\xa0]*$");
    }),
    ("/components/schemas/UserRegistrationInfo/properties/name/pattern", |it| {
        *it = json!(r"^[^\u00a0]*$");
    }),
];

pub(crate) const MEMBERS: &[Edit] = &[
    ("/components/schemas/User/properties", |it| it["name"] = json!({})),
    ("/components/schemas/User/properties/name", |it| it["const"] = json!("one")),
    ("/components/schemas/User/properties/id", |it| remove(it, "format")),
    ("/components/schemas/User/properties", |it| remove(it, "email")),
    ("/components/schemas/UserStatus/enum", |it| it[0] = Value::Null),
];

pub(crate) const CLOSED: &[Edit] = &[("/components/schemas/UserRegistrationInfo", |it| {
    remove(it, "additionalProperties");
})];

pub(crate) const EXAMPLES: &[Edit] = &[
    ("/components/schemas/User/example", |it| it["status"] = json!("enabled")),
    ("/components/schemas/UserChange/example", |it| it["userInfo"] = json!(1)),
    ("/paths/~1users/get/responses/200/content/application~1json", |it| {
        it["example"] = json!({"userList": []});
    }),
    ("/paths/~1api~1v1~1users~1{user}/put/parameters/0", |it| {
        it["example"] = json!("two words");
    }),
];
