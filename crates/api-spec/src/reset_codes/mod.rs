//! Reset codes. Of no source document: they are this service's own, in the forms of the directory
//! set.

pub mod operations;
pub(crate) mod types;

pub use types::{ResetCode, ResetCodeEnvelope, ResetCodeInfo, ResetCodeRedemption};
