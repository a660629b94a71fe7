//! Completes the generated document with keywords that utoipa does not support.

use serde_json::{Value, json};

use crate::{constants::name_constants, document::members_mut};

/// The largest id, version or entry number: 2^53 - 1, the largest integer that JSON readers with
/// double-precision numbers read exactly.
pub const LARGEST_NUMBER: i64 = (1 << 53) - 1;

/// The accepted syntax of email addresses: RFC 5321 and RFC 6531, without quoted local parts and
/// address literals. The pattern cannot express that the local part has at most 64 bytes, and that
/// some letters beyond ASCII are not accepted.
pub const EMAIL_PATTERN: &str = concat!(
    r#"^[^\x00-\x20"(),.:;<>@\[\\\]\x7f\s]+(\.[^\x00-\x20"(),.:;<>@\[\\\]\x7f\s]+)*"#,
    r"@[^\x00-\x2f:-@\[-`{-\x7f\s]([^\x00-,./:-@\[-`{-\x7f\s]{0,61}[^\x00-\x2f:-@\[-`{-\x7f\s])?",
    r"(\.[^\x00-\x2f:-@\[-`{-\x7f\s]",
    r"([^\x00-,./:-@\[-`{-\x7f\s]{0,61}[^\x00-\x2f:-@\[-`{-\x7f\s])?)*$",
);

/// The pattern of all usernames. Not every match is one: RFC 8265 excludes symbols and lookalikes
/// by tables that a pattern cannot express.
pub const USERNAME_PATTERN: &str = "^(\\.{0,2}[^.:/\\s]|\\.{3})[^:/\\s]*$";

/// The pattern of names of new users, with the same restriction.
pub const NEW_USERNAME_PATTERN: &str = r"^(\.{0,2}[^.:/?#%\\\s]|\.{3})[^:/?#%\\\s]*$";

/// The pattern of username prefixes, with the same restriction.
const USERNAME_PREFIX_PATTERN: &str = "^[^:/\\s]+$";

/// Headers that only some responses have: pages with a next page, and a refused PATCH.
const OPTIONAL_HEADERS: [&str; 2] = ["Link", "Accept-Patch"];

/// The display names of tags, whose own names become classes in generated clients.
const TAG_TITLES: [(&str, &str); 4] =
    [("portal", "Portal"), ("directory", "Users"), ("tokens", "Tokens"), ("audit", "Audit")];

/// The body that its source document makes optional. Without it, the response is 400, as without a
/// password.
const OPTIONAL_BODY: &str = "/paths/~1api~1v1~1users~1{user}/patch/requestBody/required";

const REQUEST_ID: &str = "#/components/headers/RequestId";

/// Finishes the document.
pub(crate) fn finish(document: &mut Value) {
    document["components"]["headers"] = json!({"RequestId": {
        "description": "Identifies this request in the server log and in the audit log. A valid \
            `X-Request-Id` sent by the client is kept: 1 to 64 letters, digits, `.`, `_` and `-`. \
            Otherwise the server generates an id.",
        "schema": {
            "type": "string",
            "minLength": 1,
            "maxLength": 64,
            "pattern": "^[a-zA-Z0-9._-]+$",
        }
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

/// Adds the request id header to a response.
fn identify(response: &mut Value) {
    if response.get("$ref").is_none() {
        response["headers"]["X-Request-Id"] = json!({"$ref": REQUEST_ID});
    }
}

/// Sets whether a header is always present in a response.
fn require(header: &mut Value, is_always_there: bool) {
    if header.get("$ref").is_none() {
        header["required"] = json!(is_always_there);
    }
}

/// Removes null from the schema of an optional parameter.
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

/// Moves `readOnly` from the items to their list, and the description from the reference to the
/// nullable member, where utoipa does not put them.
fn hoist(schema: &mut Value) {
    for (inner, word) in [("/items", "readOnly"), ("/oneOf/0", "description")] {
        let inner = schema.pointer_mut(inner).and_then(Value::as_object_mut);
        if let Some(said) = inner.and_then(|inner| inner.remove(word)) {
            schema[word] = said;
        }
    }
}

/// Adds the limits and the pattern of a value with a known format.
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
