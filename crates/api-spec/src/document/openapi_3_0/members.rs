//! The members of a schema.

use serde_json::{Map, Value};

/// The members of a schema.
pub(super) type Members = Map<String, Value>;

/// Says that a value must be valid by these schemas too.
pub(super) fn require_all(schema: &mut Members, mut schemas: Vec<Value>) {
    if let Some(Value::Array(others)) = schema.shift_remove("allOf") {
        schemas.extend(others);
    }
    schema.shift_insert(0, "allOf".to_owned(), Value::Array(schemas));
}
