//! What utoipa has no words for, said in the generated document.

use serde_json::{Value, json};

use crate::{constants::name_constants, document::members_mut};

/// The largest id, version or number of an entry, 2^53 - 1: the largest whole number that a JSON
/// reader with numbers in double precision tells from its neighbours.
pub const LARGEST_NUMBER: i64 = (1 << 53) - 1;

/// The syntax of an email address that this service accepts: RFC 5321's and RFC 6531's, without
/// quoted first parts and without addresses of machines. The first part has at most 64 bytes, and of
/// letters beyond ASCII not all are accepted, by tables that no pattern holds.
pub const EMAIL_PATTERN: &str = concat!(
    r#"^[^\x00-\x20"(),.:;<>@\[\\\]\x7f\s]+(\.[^\x00-\x20"(),.:;<>@\[\\\]\x7f\s]+)*"#,
    r"@[^\x00-\x2f:-@\[-`{-\x7f\s]([^\x00-,./:-@\[-`{-\x7f\s]{0,61}[^\x00-\x2f:-@\[-`{-\x7f\s])?",
    r"(\.[^\x00-\x2f:-@\[-`{-\x7f\s]",
    r"([^\x00-,./:-@\[-`{-\x7f\s]{0,61}[^\x00-\x2f:-@\[-`{-\x7f\s])?)*$",
);

/// What the name of every user is like. Not all that is like this is one: RFC 8265 leaves out
/// symbols and lookalikes by tables that no pattern holds.
pub const USERNAME_PATTERN: &str = "^(\\.{0,2}[^.:/\\s]|\\.{3})[^:/\\s]*$";

/// What a name is like that a new user may have, with the same reserve.
pub const NEW_USERNAME_PATTERN: &str = r"^(\.{0,2}[^.:/?#%\\\s]|\.{3})[^:/?#%\\\s]*$";

/// What every beginning of a username is like, with the same reserve.
const USERNAME_PREFIX_PATTERN: &str = "^[^:/\\s]+$";

/// Headers that only some answers have: a page that another one follows, and a refused PATCH.
const OPTIONAL_HEADERS: [&str; 2] = ["Link", "Accept-Patch"];

/// What people see instead of a tag, which is a class in generated clients.
const TAG_TITLES: [(&str, &str); 4] =
    [("portal", "Portal"), ("directory", "Users"), ("tokens", "Tokens"), ("audit", "Audit")];

/// The body that its source document says may be left out. The answer is then 400, as for one
/// without a password.
const OPTIONAL_BODY: &str = "/paths/~1api~1v1~1users~1{user}/patch/requestBody/required";

const REQUEST_ID: &str = "#/components/headers/RequestId";

/// Finishes the document.
pub(crate) fn finish(document: &mut Value) {
    document["components"]["headers"] = json!({"RequestId": {
        "description": "The `X-Request-Id` that was sent, if it has 1 to 64 letters, digits, `.`, \
            `_` and `-`, and otherwise the server's own id of the request. The log and the audit \
            log have both",
        "schema": {"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[a-zA-Z0-9._-]+$"}
    }});
    for (name, schema) in members_mut(&mut document["components"]["schemas"]) {
        name_constants(if name == "AuditField" { "FIELD_" } else { "" }, schema);
    }
    for tag in document["tags"].as_array_mut().into_iter().flatten() {
        let title = TAG_TITLES.iter().find(|(name, _)| tag["name"] == *name);
        if let Some((_, title)) = title {
            tag["x-displayName"] = json!(title);
        }
    }
    if let Some(required) = document.pointer_mut(OPTIONAL_BODY) {
        *required = json!(false);
    }
    walk(document);
}

fn walk(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (_, response) in object.get_mut("responses").into_iter().flat_map(members_mut) {
                identify(response);
            }
            for (name, header) in object.get_mut("headers").into_iter().flat_map(members_mut) {
                require(header, !OPTIONAL_HEADERS.contains(&name.as_str()));
            }
            if object.contains_key("in")
                && let Some(schema) = object.get_mut("schema")
            {
                forbid_null(schema);
            }
            object.values_mut().for_each(walk);
            hoist(value);
            limit(value);
        }
        Value::Array(items) => items.iter_mut().for_each(walk),
        _ => {}
    }
}

/// Says that an answer carries the request's id.
fn identify(response: &mut Value) {
    if response.get("$ref").is_none() {
        response["headers"]["X-Request-Id"] = json!({"$ref": REQUEST_ID});
    }
}

/// Says whether a header of an answer is always there.
fn require(header: &mut Value, is_always_there: bool) {
    if header.get("$ref").is_none() {
        header["required"] = json!(is_always_there);
    }
}

/// Says that a parameter that may be absent is never null.
fn forbid_null(schema: &mut Value) {
    let alternatives = ["type", "oneOf"].map(|word| (word, schema[word].as_array().cloned()));
    for (word, alternatives) in alternatives {
        let not_null = alternatives
            .into_iter()
            .flatten()
            .find(|it| *it != json!("null") && it["type"] != json!("null"));
        match (word, not_null) {
            ("type", Some(not_null)) => schema["type"] = not_null,
            (_, Some(not_null)) => *schema = not_null,
            _ => {}
        }
    }
}

/// Says of a list that it is read only, which utoipa says of its items; and describes a member that
/// may be null, where utoipa describes its reference.
fn hoist(schema: &mut Value) {
    for (inner, word) in [("/items", "readOnly"), ("/oneOf/0", "description")] {
        let inner = schema.pointer_mut(inner).and_then(Value::as_object_mut);
        if let Some(said) = inner.and_then(|inner| inner.remove(word)) {
            schema[word] = said;
        }
    }
}

/// Says what a value of a format is like.
fn limit(schema: &mut Value) {
    let (shortest, longest, pattern) = match schema.get("format").and_then(Value::as_str) {
        Some("int64") => {
            if schema.get("maximum").is_none() {
                schema["maximum"] = json!(LARGEST_NUMBER);
            }
            return;
        }
        Some("username") => (1, 64, USERNAME_PATTERN),
        Some("new-username") => (1, 64, NEW_USERNAME_PATTERN),
        Some("username-prefix") => (1, 64, USERNAME_PREFIX_PATTERN),
        Some("idn-email") => (3, 254, EMAIL_PATTERN),
        _ => return,
    };
    schema["minLength"] = json!(shortest);
    schema["maxLength"] = json!(longest);
    schema["pattern"] = json!(pattern);
}
