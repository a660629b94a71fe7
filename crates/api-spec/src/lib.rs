//! The published contract: wire types, operations, and the OpenAPI document that they generate.
//!
//! Each operation is an empty function under `#[utoipa::path]`; its path and method are written
//! there and nowhere else. [`endpoints()`] reads them back, and the `http` crate mounts its
//! routes from that. Doc comments on wire types and operations are published text.

pub mod audit;
pub mod directory;
mod document;
mod endpoints;
pub mod keys;
mod operation;
mod pages;
pub mod portal;
mod problem;
pub mod reset_codes;
pub mod sessions;
pub mod tokens;
mod validation;
pub mod verify;
mod wire;

pub use document::{
    document_3_0_json, document_3_0_yaml, document_json, document_yaml, signing_test_vectors,
};
pub use endpoints::{Endpoint, endpoints};
pub use operation::{EndpointSet, Operation};
pub use pages::{AuditParameters, PageParameters};
pub use problem::{FieldError, Problem, ProblemKind, ProblemType};
pub use validation::missing_members;
pub use validator::Validate;
pub use wire::{Object, enums::UserSort, merge_patch::MergePatch, password_text::PasswordText};
