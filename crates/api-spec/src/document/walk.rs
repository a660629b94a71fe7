//! The parts of the document that several files change.

use serde_json::{Map, Value};
use utoipa::openapi::path::{Operation, PathItem};

/// Every operation on one path, whatever its method.
pub(super) fn operations_mut(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.patch, &mut item.delete]
        .into_iter()
        .flatten()
}

/// The members of an object; none for other values.
pub(super) fn members_mut(value: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    value.as_object_mut().into_iter().flat_map(Map::iter_mut)
}
