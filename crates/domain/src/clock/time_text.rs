//! Times as clients and operators write them.

use std::sync::LazyLock;

use jiff::Timestamp;
use regex::Regex;
use thiserror::Error;

/// A time without a zone, as Python's `datetime.utcnow().isoformat()` writes it.
const LOCAL_TIME: &str = r"^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?$";

#[expect(clippy::expect_used, reason = "the pattern is a constant that the tests compile")]
static IS_LOCAL_TIME: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(LOCAL_TIME).expect("a pattern"));

/// A text that is no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "must be a time in ISO 8601, such as 2026-11-28T16:24:00Z; without a zone it is UTC, and the \
     last one is 9999-12-30T22:00:00Z"
)]
pub struct InvalidTime;

/// Parses a time in ISO 8601; one without a zone is in UTC.
///
/// # Errors
/// [`InvalidTime`].
pub fn parse_time(text: &str) -> Result<Timestamp, InvalidTime> {
    let has_zone = text.ends_with(['Z', 'z']);
    let parsed = if !has_zone && IS_LOCAL_TIME.is_match(text) {
        format!("{text}Z").parse()
    } else {
        text.parse()
    };
    parsed.map_err(|_| InvalidTime)
}
