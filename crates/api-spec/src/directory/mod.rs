//! The directory set: users by id, with versions.
//! Source: the documentation of the original directory API.

pub mod operations;
mod problem;
mod requests;
mod types;

pub use problem::{FieldError, Problem, ProblemType};
pub use requests::{UserChange, UserChangeInfo, UserRegistration, UserRegistrationInfo};
pub use types::{Role, User, UserEnvelope, UserList, UserListEnvelope, UserStatus};
