//! What utoipa has no words for, said in the generated document.

use serde_json::{Value, json};

use crate::document::members_mut;

/// The syntax of an email address that this service accepts, beside the format `email`, which
/// limits its first part to 64 characters: RFC 5321, without quoted first parts and without addresses
/// of machines.
pub const EMAIL_PATTERN: &str = "^[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+)*\
    @[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(\\.[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$";

/// What every username is like. Not all that is like this is one: RFC 8265 leaves out symbols and
/// look-alikes by tables that no pattern holds.
pub const USERNAME_PATTERN: &str = "^(\\.{0,2}[^.:/\\s]|\\.{3})[^:/\\s]*$";

const REQUEST_ID: &str = "#/components/headers/RequestId";

/// Finishes the document.
pub(crate) fn finish(document: &mut Value) {
    document["components"]["headers"] = json!({"RequestId": {
        "description": "What the log calls the request: its own `X-Request-Id` if that is fit to be logged",
        "schema": {"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[a-zA-Z0-9._-]+$"}
    }});
    name_problem_types(&mut document["components"]["schemas"]["ProblemType"]);
    walk(document);
}

/// Says what generators call the kinds of problems, instead of spelling out their colons.
fn name_problem_types(schema: &mut Value) {
    let kinds = schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let name =
        |kind: &str| kind.rsplit(':').next().unwrap_or(kind).replace('-', "_").to_uppercase();
    schema["x-enum-varnames"] = kinds.map(name).collect();
}

fn walk(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (_, response) in object.get_mut("responses").into_iter().flat_map(members_mut) {
                identify(response);
            }
            for (_, header) in object.get_mut("headers").into_iter().flat_map(members_mut) {
                require(header);
            }
            if object.get("in") == Some(&json!("header"))
                && let Some(schema) = object.get_mut("schema")
            {
                // It is a text or absent, but never null.
                schema["type"] = json!("string");
            }
            object.values_mut().for_each(walk);
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

/// Says that a header of an answer is always there.
fn require(header: &mut Value) {
    if header.get("$ref").is_none() {
        header["required"] = json!(true);
    }
}

/// Says what a value of a format is like.
fn limit(schema: &mut Value) {
    let (shortest, longest, pattern) = match schema.get("format").and_then(Value::as_str) {
        Some("int64") => {
            schema["maximum"] = json!(i64::MAX);
            return;
        }
        Some("username") => (1, 64, USERNAME_PATTERN),
        Some("email") => (3, 254, EMAIL_PATTERN),
        _ => return,
    };
    schema["minLength"] = json!(shortest);
    schema["maxLength"] = json!(longest);
    schema["pattern"] = json!(pattern);
}
