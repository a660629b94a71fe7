//! Session tokens: what the directory set's document calls authentication headers.

pub mod operations;
pub(crate) mod types;

pub use types::{Credentials, SessionToken, SessionTokenEnvelope, SessionTokenRequest};
