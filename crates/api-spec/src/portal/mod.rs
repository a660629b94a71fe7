//! The portal set: users by name.
//! Source: `seeds/000_f64564cf2aef290a.txt`.

pub mod operations;
mod types;

pub use types::{
    ErrorMessage, PortalPasswordChange, PortalPasswordChangeValue, PortalUser, PortalUserCreate,
    PortalUserCreateValue, PortalUserList, PortalUserValue,
};
