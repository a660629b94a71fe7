//! Schemas in the words of OpenAPI 3.0.

use serde_json::{Value, json};

use super::{
    members::{Members, require_all},
    null::{say_nullable_alternatives, say_one_type},
};
use crate::document::walk::members_mut;

/// Keywords of JSON Schema 2020-12 that 3.0 has no word for.
const UNKNOWN: [&str; 25] = [
    "$anchor",
    "$comment",
    "$defs",
    "$dynamicAnchor",
    "$dynamicRef",
    "$id",
    "$schema",
    "$vocabulary",
    "contains",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "definitions",
    "dependentRequired",
    "dependentSchemas",
    "else",
    "if",
    "maxContains",
    "minContains",
    "patternProperties",
    "prefixItems",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];

/// Says the same in 3.0, as far as that can be said there.
pub(super) fn downgrade(schema: &mut Value) {
    match schema {
        Value::Bool(true) => *schema = json!({}),
        Value::Bool(false) => *schema = json!({"not": {}}),
        Value::Object(object) => downgrade_object(object),
        _ => {}
    }
}

fn downgrade_object(schema: &mut Members) {
    say_format(schema);
    loosen(schema);
    schema.retain(|keyword, _| !UNKNOWN.contains(&keyword.as_str()));
    say_nullable_alternatives(schema);
    downgrade_parts(schema);
    say_one_type(schema);
    say_constant(schema);
    say_bound(schema, "exclusiveMinimum", "minimum", |limit, bound| limit > bound);
    say_bound(schema, "exclusiveMaximum", "maximum", |limit, bound| limit < bound);
    say_example(schema);
    wrap_reference(schema);
    if schema.get("type") == Some(&json!("array")) && !schema.contains_key("items") {
        schema.insert("items".to_owned(), json!({}));
    }
}

/// Downgrades the schemas in this one.
fn downgrade_parts(schema: &mut Members) {
    for (keyword, part) in schema {
        match (keyword.as_str(), part) {
            ("properties", properties) => {
                members_mut(properties).for_each(|(_, member)| downgrade(member));
            }
            ("allOf" | "anyOf" | "oneOf", Value::Array(parts)) => {
                parts.iter_mut().for_each(downgrade);
            }
            // A boolean is allowed here in 3.0 too.
            ("additionalProperties", Value::Bool(_)) => {}
            ("additionalProperties" | "items" | "not", part) => downgrade(part),
            _ => {}
        }
    }
}

/// Says what a text contains, which is a format in 3.0.
fn say_format(schema: &mut Members) {
    let is = |keyword: &str, value: &str| schema.get(keyword) == Some(&json!(value));
    let format = if is("contentEncoding", "base64") {
        "byte"
    } else if is("contentMediaType", "application/octet-stream") {
        "binary"
    } else {
        return;
    };
    schema.entry("format").or_insert_with(|| json!(format));
}

/// Takes away what would accept less without a keyword beside it that 3.0 does not have.
fn loosen(schema: &mut Members) {
    for (unknown, dependent) in
        [("patternProperties", "additionalProperties"), ("prefixItems", "items")]
    {
        if schema.contains_key(unknown) {
            schema.shift_remove(dependent);
        }
    }
}

/// Says the one value that is accepted.
fn say_constant(schema: &mut Members) {
    if let Some(value) = schema.shift_remove("const") {
        schema.insert("enum".to_owned(), json!([value]));
    }
}

/// Says an exclusive bound, which is a boolean beside the inclusive one in 3.0. Of two bounds the
/// narrower one stays: the inclusive one if `is_narrower` says so.
fn say_bound(
    schema: &mut Members,
    exclusive: &str,
    inclusive: &str,
    is_narrower: fn(f64, f64) -> bool,
) {
    let number = |value: &Value| value.as_f64().unwrap_or_default();
    let Some(bound) = schema.get(exclusive).filter(|bound| bound.is_number()).cloned() else {
        return;
    };
    if schema.get(inclusive).is_some_and(|limit| is_narrower(number(limit), number(&bound))) {
        schema.shift_remove(exclusive);
    } else {
        schema.insert(inclusive.to_owned(), bound);
        schema.insert(exclusive.to_owned(), json!(true));
    }
}

/// Says the first example, which is the only one in 3.0.
fn say_example(schema: &mut Members) {
    if let Some(Value::Array(examples)) = schema.shift_remove("examples")
        && let Some(first) = examples.into_iter().next()
    {
        schema.entry("example").or_insert(first);
    }
}

/// Wraps a reference that other keywords stand beside: 3.0 ignores those.
fn wrap_reference(schema: &mut Members) {
    if schema.len() > 1
        && let Some(reference) = schema.shift_remove("$ref")
    {
        require_all(schema, vec![json!({"$ref": reference})]);
    }
}
