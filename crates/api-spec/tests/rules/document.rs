//! Ways around in the document.

use rollcall_api_spec::document_json;
use serde_json::{Map, Value};

/// The document as it is published.
pub(crate) fn published() -> Value {
    serde_json::from_str(document_json()).unwrap()
}

/// An operation with its path and method.
pub(crate) struct Operation<'a> {
    pub(crate) path: &'a str,
    pub(crate) method: &'a str,
    pub(crate) value: &'a Value,
}

impl<'a> Operation<'a> {
    /// What it is called in a breach.
    pub(crate) fn place(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// What it is called by clients; empty when it has no name.
    pub(crate) fn id(&self) -> &'a str {
        self.value["operationId"].as_str().unwrap_or_default()
    }

    /// Its answers by their status, with what they refer to.
    pub(crate) fn responses(
        &self,
        document: &'a Value,
    ) -> impl Iterator<Item = (&'a str, &'a Value)> {
        members(&self.value["responses"])
            .map(|(status, response)| (status, resolve(document, response)))
    }
}

/// Every operation.
pub(crate) fn operations(document: &Value) -> impl Iterator<Item = Operation<'_>> {
    members(&document["paths"]).flat_map(|(path, item)| {
        members(item).map(move |(method, value)| Operation { path, method, value })
    })
}

/// The members of an object; none of anything else.
pub(crate) fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let members = value.as_object().into_iter().flat_map(Map::iter);
    members.map(|(name, value)| (name.as_str(), value))
}

/// The items of a list; none of anything else.
pub(crate) fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The schemas that have names.
pub(crate) fn schemas(document: &Value) -> impl Iterator<Item = (&str, &Value)> {
    members(&document["components"]["schemas"])
}

/// What `value` refers to, or itself.
pub(crate) fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(reference) => {
            document.pointer(reference.trim_start_matches('#')).unwrap_or(&Value::Null)
        }
        None => value,
    }
}

/// Whether `value` is a text that says something.
pub(crate) fn says(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.trim().is_empty())
}

/// Whether `schema` is a reference to a schema with a name.
pub(crate) fn is_named(document: &Value, schema: &Value) -> bool {
    schema["$ref"].is_string() && !resolve(document, schema).is_null()
}
