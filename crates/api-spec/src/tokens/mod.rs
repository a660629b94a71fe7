//! Session tokens: what the directory set's document calls authentication headers.

pub mod operations;
mod types;

pub use types::{Credentials, SessionToken, SessionTokenEnvelope, SessionTokenRequest};
