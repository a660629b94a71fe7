//! The directory set: users by id, with versions.
//! Source: the documentation of the original directory API.

pub mod operations;
pub(crate) mod requests;
pub(crate) mod types;

pub use crate::wire::enums::UserStatus;
pub use requests::{UserChange, UserChangeInfo, UserRegistration, UserRegistrationInfo};
pub use types::{Role, User, UserEnvelope, UserList, UserListEnvelope};
