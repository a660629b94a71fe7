//! Writes what responses share: errors in the envelope of their set, headers and references.

pub(crate) mod error;
pub(crate) mod head_answer;
pub(crate) mod headers;
mod problem;
pub(crate) mod reference;
mod rendered_users;
pub(crate) mod versioned;
