//! Rules of schemas.

use std::collections::HashSet;

use serde_json::Value;

use crate::document::{items, members, operations, resolve, says, schemas};

pub(crate) fn names(document: &Value) -> Vec<String> {
    let all: HashSet<_> = schemas(document).map(|(name, _)| name).collect();
    let is_right = |name: &str| {
        let is_pascal_case = name.starts_with(|first: char| first.is_ascii_uppercase())
            && name.chars().all(|character| character.is_ascii_alphanumeric());
        // utoipa reads these names as any JSON, and generators read them as constructors of the
        // type beside them.
        let is_constructor = ["New", "Nullable"]
            .iter()
            .any(|prefix| name.strip_prefix(prefix).is_some_and(|rest| all.contains(rest)));
        // What typescript-fetch calls the parameters of an operation.
        let is_of_an_operation = operations(document).any(|operation| {
            name.strip_suffix("Request").is_some_and(|id| id.eq_ignore_ascii_case(operation.id()))
        });
        is_pascal_case && name != "Value" && !is_constructor && !is_of_an_operation
    };
    all.iter().filter(|name| !is_right(name)).map(ToString::to_string).collect()
}

/// Go's generator gives the constants of all enums one namespace.
pub(crate) fn constants(document: &Value) -> Vec<String> {
    let mut known = HashSet::new();
    let names = schemas(document).flat_map(|(_, schema)| items(&schema["x-enum-varnames"]));
    names.filter(|name| !known.insert(*name)).map(ToString::to_string).collect()
}

/// Ruby loads no client with `\xa0` in a pattern. PHP takes it for a byte, and knows no `\u`.
pub(crate) fn patterns(document: &Value) -> Vec<String> {
    let numbers = ["\\u", "\\x8", "\\x9", "\\xa", "\\xb", "\\xc", "\\xd", "\\xe", "\\xf"];
    let mut wrong = Vec::new();
    let mut values = vec![document];
    while let Some(value) = values.pop() {
        values.extend(items(value).chain(members(value).map(|(_, member)| member)));
        let pattern = value["pattern"].as_str().unwrap_or_default();
        if numbers.iter().any(|number| pattern.to_ascii_lowercase().contains(number)) {
            wrong.push(pattern.to_owned());
        }
    }
    wrong
}

pub(crate) fn concreteness(document: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, schema) in schemas(document) {
        if !says(&schema["description"]) || !is_concrete(schema) {
            wrong.push(name.to_owned());
        }
        for (member, value) in members(&schema["properties"]) {
            let is_described = says(&value["description"]);
            let is_object = value["type"] == "object";
            let is_reference = value["$ref"].is_string() || is_nullable_reference(value);
            if !is_described || is_object || !(is_reference || is_concrete(value)) {
                wrong.push(format!("{name}.{member}"));
            }
        }
        for member in items(&schema["required"]) {
            if schema["properties"].get(member.as_str().unwrap_or_default()).is_none() {
                wrong.push(format!("{name} requires {member}"));
            }
        }
    }
    wrong
}

/// Whether a schema is that of a component, or null: what no `type` can say beside a reference.
fn is_nullable_reference(schema: &Value) -> bool {
    let alternatives: Vec<_> = items(&schema["oneOf"]).collect();
    matches!(*alternatives, [component, null]
        if component["$ref"].is_string() && *null == serde_json::json!({"type": "null"}))
}

/// Whether a schema has one type that every language has, beside null.
fn is_concrete(schema: &Value) -> bool {
    let has_type = match &schema["type"] {
        Value::String(_) => true,
        Value::Array(types) => types.len() == 2 && types.contains(&"null".into()),
        _ => false,
    };
    let is_list = schema["type"] == "array";
    let is_integer = schema["type"] == "integer";
    has_type
        && ["const", "oneOf", "anyOf", "allOf"].iter().all(|word| schema.get(word).is_none())
        && items(&schema["enum"]).all(Value::is_string)
        && (!is_list || schema["items"]["$ref"].is_string())
        && (!is_integer || (schema["format"].is_string() && schema["minimum"].is_number()))
}

pub(crate) fn closed_requests(document: &Value) -> Vec<String> {
    let mut open = Vec::new();
    for operation in operations(document) {
        let schema = &operation.value["requestBody"]["content"]["application/json"]["schema"];
        let body = resolve(document, schema);
        let envelopes = members(&body["properties"]).map(|(_, envelope)| envelope);
        for schema in envelopes.chain([body]).map(|schema| resolve(document, schema)) {
            if schema["type"] == "object" && schema["additionalProperties"] != false {
                open.push(operation.place());
            }
        }
    }
    open
}
