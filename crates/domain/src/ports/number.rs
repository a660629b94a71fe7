//! How large ids, versions and numbers of audit entries become.

use crate::{error::store::StoreError, limits::LARGEST_NUMBER};

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
