//! Mistakes, each of which one rule must find.

use serde_json::{Value, json};

/// A place of the document, and a change there that breaks a rule.
pub(crate) type Edit = (&'static str, fn(&mut Value));

fn remove(object: &mut Value, member: &str) {
    assert!(object.as_object_mut().unwrap().shift_remove(member).is_some(), "no {member}");
}

const LIST: &str = "/paths/~1users/get";
const GET_USER: &str = "/paths/~1users~1{userId}/get";

pub(crate) const VERSION: &[Edit] = &[("", |document| document["openapi"] = json!("3.2.0"))];

pub(crate) const TAGS: &[Edit] = &[
    (LIST, |operation| operation["tags"] = json!(["directory", "portal"])),
    (LIST, |operation| operation["tags"] = json!(["undeclared"])),
    ("/tags/0", |tag| remove(tag, "description")),
    ("/tags/0", |tag| remove(tag, "x-displayName")),
];

pub(crate) const WORDS: &[Edit] = &[
    (LIST, |operation| remove(operation, "summary")),
    (LIST, |operation| operation["description"] = json!(" ")),
];

pub(crate) const SUMMARIES: &[Edit] =
    &[(LIST, |operation| operation["summary"] = json!("Get All Users"))];

pub(crate) const IDS: &[Edit] = &[
    (LIST, |operation| operation["operationId"] = json!("getUser")),
    (LIST, |operation| operation["operationId"] = json!("list_users")),
    (LIST, |operation| operation["operationId"] = json!("users")),
    (LIST, |operation| remove(operation, "operationId")),
];

pub(crate) const SECURITY: &[Edit] = &[
    (LIST, |operation| remove(operation, "security")),
    (LIST, |operation| operation["security"] = json!([{"unknown": []}])),
];

pub(crate) const PARAMETERS: &[Edit] = &[
    (GET_USER, |operation| operation["parameters"] = json!([])),
    ("/paths/~1users~1{userId}/get/parameters/0", |parameter| remove(parameter, "description")),
    ("/paths/~1users~1{userId}/get/parameters/1/schema", |schema| {
        schema["type"] = json!(["string", "null"]);
    }),
    ("/paths/~1users~1{userId}/get/parameters/0", |parameter| remove(parameter, "example")),
    ("/paths/~1users/get/parameters/0", |parameter| parameter["example"] = json!(10)),
];

pub(crate) const REQUESTS: &[Edit] = &[
    ("/paths/~1users/post/requestBody", |body| body["required"] = json!(false)),
    ("/paths/~1api~1v1~1users~1{user}/patch/requestBody", |body| body["required"] = json!(true)),
    ("/components/schemas/UserRegistration", |schema| remove(schema, "example")),
    ("/paths/~1users/post/requestBody/content/application~1json", |content| {
        content["schema"] = json!({"type": "object"});
    }),
];

pub(crate) const LINKS: &[Edit] = &[
    ("/paths/~1users/post/responses/201", |response| remove(response, "links")),
    ("/paths/~1users/post/responses/201/links/GetUser", |link| {
        link["operationId"] = json!("getSample");
    }),
    ("/paths/~1users/post/responses/201/links/GetUser", |link| {
        link["parameters"] = json!({"id": "$response.body#/user/id"});
    }),
];

pub(crate) const SUCCESSES: &[Edit] = &[
    ("/paths/~1users/post/responses", |responses| responses["200"] = responses["201"].clone()),
    ("/paths/~1api~1v1~1users~1{user}/delete/responses/204", |response| {
        response["content"] = json!({});
    }),
];

pub(crate) const REFUSALS: &[Edit] = &[
    ("/components/responses/PortalForbidden/content/application~1json", |content| {
        remove(content, "example");
    }),
    ("/components/responses/DirectoryForbidden", |response| {
        response["content"] = json!({"text/plain": {"schema": {"type": "string"}}});
    }),
];

pub(crate) const STATUSES: &[Edit] = &[
    ("/paths/~1users/get/responses", |responses| remove(responses, "401")),
    ("/paths/~1users~1{userId}/patch/responses", |responses| remove(responses, "412")),
    ("/paths/~1users/post/responses", |responses| remove(responses, "415")),
];

pub(crate) const HEADERS: &[Edit] = &[
    ("/components/responses/PortalUnauthenticated/headers", |headers| {
        remove(headers, "WWW-Authenticate");
    }),
    ("/paths/~1users/post/responses/201/headers/ETag", |header| remove(header, "required")),
    ("/paths/~1users/post/responses/201/headers", |headers| remove(headers, "X-Request-Id")),
];

pub(crate) const BODIES: &[Edit] =
    &[("/paths/~1users/get/responses/200/content/application~1json", |content| {
        content["schema"] = json!({"type": "object"});
    })];

pub(crate) const NAMES: &[Edit] = &[
    ("/components/schemas", |schemas| schemas["NewUser"] = schemas["User"].clone()),
    ("/components/schemas", |schemas| schemas["Value"] = schemas["User"].clone()),
    ("/components/schemas", |schemas| schemas["Envelope_User"] = schemas["User"].clone()),
    ("/components/schemas", |schemas| schemas["CreateUserRequest"] = schemas["User"].clone()),
];

pub(crate) const CONSTANTS: &[Edit] =
    &[("/components/schemas/UserSort/x-enum-varnames", |names| {
        names[0] = json!("ENABLED");
    })];

pub(crate) const PATTERNS: &[Edit] = &[
    ("/components/schemas/UserRegistrationInfo/properties/email/pattern", |pattern| {
        *pattern = json!(r"^[^\xa0]*$");
    }),
    ("/components/schemas/UserRegistrationInfo/properties/name/pattern", |pattern| {
        *pattern = json!(r"^[^\u00a0]*$");
    }),
];

pub(crate) const MEMBERS: &[Edit] = &[
    ("/components/schemas/User/properties", |members| members["name"] = json!({})),
    ("/components/schemas/User/properties/name", |member| member["const"] = json!("one")),
    ("/components/schemas/User/properties/id", |member| remove(member, "format")),
    ("/components/schemas/User/properties", |members| remove(members, "email")),
    ("/components/schemas/UserStatus/enum", |values| values[0] = Value::Null),
];

pub(crate) const CLOSED: &[Edit] = &[("/components/schemas/UserRegistrationInfo", |schema| {
    remove(schema, "additionalProperties");
})];

pub(crate) const EXAMPLES: &[Edit] = &[
    ("/components/schemas/User/example", |example| example["status"] = json!("enabled")),
    ("/components/schemas/UserChange/example", |example| example["userInfo"] = json!(1)),
    ("/paths/~1users/get/responses/200/content/application~1json", |content| {
        content["example"] = json!({"userList": []});
    }),
    ("/paths/~1api~1v1~1users~1{user}/put/parameters/0", |parameter| {
        parameter["example"] = json!("two words");
    }),
];
