//! Why a signature is not accepted.

use std::time::Duration;

use thiserror::Error;

/// Why a correctly signed request is not accepted. Its sender may know that.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SignatureFlaw {
    /// The timestamp is invalid, too old or too far ahead.
    #[error("the timestamp is not of now")]
    Timestamp {
        /// The maximum age.
        max_age: Duration,
        /// How far the timestamp may be ahead.
        max_ahead: Duration,
    },
    /// Already used, or older than the oldest signature of the user that is still remembered.
    #[error("the signature was used before")]
    Used,
    /// Older than the oldest signature of any user that is still remembered.
    #[error("signatures of that time are not remembered")]
    Forgotten {
        /// How much later a timestamp must be.
        wait: Duration,
    },
}
