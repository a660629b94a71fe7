//! How large ids, versions and numbers of audit entries become.

use crate::StoreError;

/// The largest id, version or number of an audit entry: 2^53 - 1. A JSON reader that holds numbers
/// in double precision, as those in JavaScript do, tells no larger one from its neighbours.
pub const LARGEST_NUMBER: i64 = (1 << 53) - 1;

/// The number, if it can be shown. A store calls this before it commits a number that it made.
///
/// # Errors
/// [`StoreError::Internal`] when the number is larger.
pub fn shown_number(number: i64) -> Result<i64, StoreError> {
    if number <= LARGEST_NUMBER {
        return Ok(number);
    }
    let flaw = format!(
        "no number is left; ids, versions and numbers of audit entries end at {LARGEST_NUMBER}"
    );
    Err(StoreError::Internal(flaw.into()))
}
