//! The API keys of a user. Of no source document: they are this service's own, in the forms of the
//! directory set.

pub mod operations;
pub(crate) mod types;

pub use crate::wire::enums::KeyScope;
pub use types::{ApiKey, KeyCreation, KeyInfo, KeyList, KeyListEnvelope, NewKeyEnvelope};
