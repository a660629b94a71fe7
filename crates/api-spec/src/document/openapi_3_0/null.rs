//! Null, which is a type in OpenAPI 3.1 and a property of other types in 3.0.

use serde_json::{Value, json};

use super::members::{Members, require_all};

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

/// Says a type beside `nullable`, which has no meaning without one in 3.0: the type of the schema
/// that is referred to.
pub(super) fn say_types_of_nullable(document: &mut Value) {
    let whole = document.clone();
    say_types(document, &whole);
}

fn say_types(value: &mut Value, document: &Value) {
    match value {
        Value::Object(object) => {
            object.values_mut().for_each(|member| say_types(member, document));
            if object.get("nullable") == Some(&json!(true))
                && !object.contains_key("type")
                && let Some(named) = type_of_only_reference(object, document)
            {
                object.shift_insert(0, "type".to_owned(), named);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| say_types(item, document)),
        _ => {}
    }
}

/// The type of the schema that a schema consists of.
fn type_of_only_reference(schema: &Members, document: &Value) -> Option<Value> {
    let [only] = schema.get("allOf")?.as_array()?.as_slice() else { return None };
    let place = only["$ref"].as_str()?.strip_prefix('#')?;
    document.pointer(place)?.get("type").cloned()
}

/// Whether a schema accepts null alone.
fn is_null(schema: &Value) -> bool {
    schema["type"] == "null"
        || schema["type"] == json!(["null"])
        || schema.get("const") == Some(&Value::Null)
}
