//! The portal set: users by name.
//! Source: the documentation of the original portal API.

pub mod operations;
pub(crate) mod types;

pub use types::{
    ErrorMessage, PortalPasswordChange, PortalPasswordChangeValue, PortalUser, PortalUserCreate,
    PortalUserCreateValue, PortalUserList, PortalUserValue,
};
