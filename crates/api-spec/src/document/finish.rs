//! Completes the generated document with keywords that utoipa does not support.

use rollcall_domain::limits::{
    EMAIL_MAX_LENGTH, EMAIL_MIN_LENGTH, EMAIL_PATTERN, KEY_NAME_MAX_LENGTH, KEY_NAME_PATTERN,
    LARGEST_NUMBER, NAME_MAX_LENGTH, NAME_PATTERN, NAME_PREFIX_PATTERN, NEW_NAME_PATTERN,
    PAGE_MAX_LENGTH, PASSWORD_MAX_LENGTH, PASSWORD_MIN_LENGTH, REQUEST_ID_MAX_LENGTH, ROLE_PATTERN,
    ROLES_MAX_COUNT,
};
use serde_json::{Value, json};

use super::{enum_names::name_constants, walk::members_mut};

/// Headers that only some responses have: pages with a next page, and a refused PATCH.
const OPTIONAL_HEADERS: [&str; 2] = ["Link", "Accept-Patch"];

/// The display names of tags, whose own names become classes in generated clients.
const TAG_TITLES: [(&str, &str); 7] = [
    ("portal", "Portal"),
    ("directory", "Users"),
    ("tokens", "Tokens"),
    ("keys", "API keys"),
    ("resets", "Reset codes"),
    ("verification", "Verification"),
    ("audit", "Audit"),
];

/// The body that its source document makes optional. Without it, the response is 400, as without a
/// password.
const OPTIONAL_BODY: &str = "/paths/~1api~1v1~1users~1{user}/patch/requestBody/required";

/// A list, whose maximum is a constant.
const ROLES: &str = "/components/schemas/UserChangeInfo/properties/roles";

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
            "maxLength": REQUEST_ID_MAX_LENGTH,
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
    if let Some(roles) = document.pointer_mut(ROLES) {
        roles["maxItems"] = json!(ROLES_MAX_COUNT);
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
            .find(|part| *part != json!("null") && part["type"] != json!("null"));
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

/// Writes the limits of a value with a known format. The attributes of utoipa accept only literals,
/// so a value whose limits are constants names a format. Some of these formats are not published:
/// they are replaced or removed.
fn limit(schema: &mut Value) {
    let Some(format) = schema.get("format").and_then(Value::as_str) else { return };
    let limits = match format {
        "int64" => json!({"maximum": LARGEST_NUMBER}),
        "session-id" => json!({"format": "int64", "maximum": LARGEST_NUMBER, "minimum": 1}),
        "page-limit" => json!({"format": "int32", "maximum": PAGE_MAX_LENGTH, "minimum": 1}),
        "username" => text(1, NAME_MAX_LENGTH, NAME_PATTERN),
        "new-username" => text(1, NAME_MAX_LENGTH, NEW_NAME_PATTERN),
        "username-prefix" => text(1, NAME_MAX_LENGTH, NAME_PREFIX_PATTERN),
        "idn-email" => text(EMAIL_MIN_LENGTH, EMAIL_MAX_LENGTH, EMAIL_PATTERN),
        "email-or-empty" => json!({"format": null, "maxLength": EMAIL_MAX_LENGTH}),
        "new-password" => json!({
            "format": "password",
            "maxLength": PASSWORD_MAX_LENGTH,
            "minLength": PASSWORD_MIN_LENGTH,
        }),
        "key-name" => json!({
            "format": null,
            "maxLength": KEY_NAME_MAX_LENGTH,
            "minLength": 1,
            "pattern": KEY_NAME_PATTERN,
        }),
        "role-name" => json!({"format": null, "pattern": ROLE_PATTERN}),
        _ => return,
    };
    if let (Value::Object(schema), Value::Object(limits)) = (schema, limits) {
        schema.extend(limits);
        schema.retain(|word, value| word != "format" || !value.is_null());
    }
}

fn text(min_length: usize, max_length: usize, pattern: &str) -> Value {
    json!({"minLength": min_length, "maxLength": max_length, "pattern": pattern})
}
