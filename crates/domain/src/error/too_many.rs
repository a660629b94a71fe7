//! Refusals of more than the server does at once or in a time.

use std::time::Duration;

use thiserror::Error;

/// Too many attempts; the next is accepted after this time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("too many attempts: try again in {0:?}")]
pub struct TooManyAttempts(pub Duration);

/// There is more to hash than the pool takes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("too many passwords are waiting to be hashed")]
pub struct Overloaded;
