//! The operations of a path.

use utoipa::openapi::path::{Operation, PathItem};

/// Every operation on one path, whatever its method.
pub(crate) fn operations_mut(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.patch, &mut item.delete]
        .into_iter()
        .flatten()
}
