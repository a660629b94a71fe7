//! The published contract: wire types, operations, and the OpenAPI document that they generate.
//!
//! Each operation is an empty function under `#[utoipa::path]`; its path and method are written
//! there and nowhere else. [`endpoints`] reads them back from the document, and the `http` crate
//! mounts its routes from that. Doc comments on wire types and operations are published text.

pub mod audit;
mod constants;
pub mod directory;
mod document;
mod finish;
mod links;
mod merge_patch;
mod openapi_3_0;
mod operation;
mod pages;
mod password_text;
mod paths;
pub mod portal;
mod security;
pub mod sessions;
mod shared_responses;
pub mod tokens;
mod validation;
mod wire;

pub use document::{
    Endpoint, EndpointSet, document_3_0_json, document_3_0_yaml, document_json, document_yaml,
    endpoints, signing_test_vectors,
};
pub use finish::{EMAIL_PATTERN, LARGEST_NUMBER, NEW_USERNAME_PATTERN, USERNAME_PATTERN};
pub use merge_patch::MergePatch;
pub use operation::Operation;
pub use pages::{PageParameters, UserSort};
pub use password_text::PasswordText;
pub use validation::{Rule, Violation, violations};
pub use wire::Object;

/// The fewest characters of a password, as the document says.
pub const PASSWORD_MIN_LENGTH: u64 = 8;
/// The most characters of a password, as the document says.
pub const PASSWORD_MAX_LENGTH: u64 = 256;
