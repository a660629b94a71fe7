//! The directory set: users by id, with versions.
//! Source: `seeds/003_26e375be52306925.txt`.

pub mod operations;
mod problem;
mod requests;
mod types;

pub use problem::{FieldError, Problem, ProblemType};
pub use requests::{UserChange, UserChangeInfo, UserRegistration, UserRegistrationInfo};
pub use types::{Role, User, UserEnvelope, UserList, UserListEnvelope, UserStatus};
