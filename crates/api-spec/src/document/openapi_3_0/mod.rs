//! The document in OpenAPI 3.0.3, for tools that do not read 3.1.
//!
//! It is derived from the 3.1 document. Only schemas differ: in 3.0 they are not JSON Schema. A
//! constraint that 3.0 has no keyword for is left out, and the 3.0 schema accepts more.

mod members;
mod null;
mod schema;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value, json};

use super::walk::members_mut;

/// Members that 3.1 added, by the object that has them.
const ADDED: [(&str, &[&str]); 4] = [
    ("", &["jsonSchemaDialect", "webhooks"]),
    ("/info", &["summary"]),
    ("/info/license", &["identifier"]),
    ("/components", &["pathItems"]),
];

/// Members whose values are data, in which nothing is a schema or a reference.
const DATA: [&str; 2] = ["example", "examples"];

/// The document, which is in OpenAPI 3.1, in 3.0.3.
pub(crate) fn downgraded(document: &Value) -> Value {
    let mut document = document.clone();
    document["openapi"] = json!("3.0.3");
    for (place, members) in ADDED {
        let object = document.pointer_mut(place).and_then(Value::as_object_mut);
        if let Some(object) = object {
            object.retain(|name, _| !members.contains(&name.as_str()));
        }
    }
    let schemas = document.pointer_mut("/components/schemas");
    for (_, named) in schemas.into_iter().flat_map(members_mut) {
        schema::downgrade(named);
    }
    downgrade_around(&mut document);
    null::say_types_of_nullable(&mut document);
    document
}

/// Downgrades what stands outside the schemas that have names.
fn downgrade_around(value: &mut Value) {
    match value {
        Value::Object(object) => {
            forbid_siblings(object);
            for (name, member) in object {
                match name.as_str() {
                    "schema" => schema::downgrade(member),
                    "schemas" => {}
                    name if DATA.contains(&name) || name.starts_with("x-") => {}
                    _ => downgrade_around(member),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(downgrade_around),
        _ => {}
    }
}

/// Takes away what stands beside a reference to a response, a header or the like: 3.0 ignores it.
fn forbid_siblings(object: &mut Map<String, Value>) {
    if object.get("$ref").is_some_and(Value::is_string) {
        object.retain(|name, _| name == "$ref");
    }
}
