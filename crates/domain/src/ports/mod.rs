//! The ports to a store: what the use cases need of one.

pub(crate) mod audit;
pub(crate) mod keys;
pub(crate) mod number;
pub(crate) mod queued;
pub(crate) mod reset_codes;
pub(crate) mod sessions;
pub(crate) mod users;

use std::pin::Pin;

use crate::error::store::StoreError;

/// A look-up in a store that does not block. It runs on any executor, and may be dropped at any
/// time.
pub type LookUp<T> = Pin<Box<dyn Future<Output = Result<Option<T>, StoreError>> + Send>>;
