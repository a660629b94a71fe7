//! Null, which is a type in OpenAPI 3.1 and a property of other types in 3.0.

use serde_json::{Value, json};

use super::schema::{Members, require_all};

/// Says that null is accepted where it is one of several types, and several other types as
/// alternatives: in 3.0 a schema has one type.
pub(super) fn say_one_type(schema: &mut Members) {
    let types = match schema.get("type") {
        Some(Value::Array(types)) => types.clone(),
        Some(null) if *null == "null" => vec![null.clone()],
        _ => return,
    };
    let others: Vec<_> = types.iter().filter(|name| *name != "null").cloned().collect();
    match &others[..] {
        [] => {
            schema.shift_remove("type");
            schema.insert("enum".to_owned(), json!([null]));
        }
        [only] => {
            schema.insert("type".to_owned(), only.clone());
        }
        _ => {
            schema.shift_remove("type");
            let alternatives: Vec<_> = others.iter().map(|name| json!({"type": name})).collect();
            require_all(schema, vec![json!({"anyOf": alternatives})]);
        }
    }
    if others.len() < types.len() {
        schema.insert("nullable".to_owned(), json!(true));
    }
}

/// Says that null is accepted where it is one of several alternatives.
pub(super) fn say_nullable_alternatives(schema: &mut Members) {
    for keyword in ["oneOf", "anyOf"] {
        let Some(Value::Array(alternatives)) = schema.get(keyword) else { continue };
        let others: Vec<_> = alternatives.iter().filter(|part| !is_null(part)).cloned().collect();
        if others.is_empty() || others.len() == alternatives.len() {
            continue;
        }
        if others.len() == 1 {
            schema.shift_remove(keyword);
            require_all(schema, others);
        } else {
            schema.insert(keyword.to_owned(), Value::Array(others));
        }
        schema.insert("nullable".to_owned(), json!(true));
    }
}

/// Whether a schema accepts null alone.
fn is_null(schema: &Value) -> bool {
    schema["type"] == "null"
        || schema["type"] == json!(["null"])
        || schema.get("const") == Some(&Value::Null)
}
