//! Times as clients and operators write them.

use std::sync::LazyLock;

use jiff::Timestamp;
use regex::Regex;
use thiserror::Error;

/// A time without a zone, as Python's `datetime.utcnow().isoformat()` writes it.
const LOCAL_TIME: &str = r"^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?$";

/// The zone behind a time, and its hours.
const ZONE: &str = r"[Tt ][\d:.,]+([+-](\d{2})[\d:]*)$";

/// The highest number of hours in a zone, in ISO 8601 as in RFC 3339.
const MAX_ZONE_HOURS: u32 = 23;

static IS_LOCAL_TIME: LazyLock<Regex> = LazyLock::new(|| pattern(LOCAL_TIME));
static HAS_ZONE: LazyLock<Regex> = LazyLock::new(|| pattern(ZONE));

#[expect(clippy::expect_used, reason = "the patterns are constants that the tests compile")]
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern")
}

/// A text that is no time.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidTime {
    /// The text has another form, or is out of range.
    #[error(
        "must be a time in ISO 8601, such as 2026-11-28T16:24:00Z; without a zone it is UTC, and \
         the last one is 9999-12-30T22:00:00Z"
    )]
    Form,
    /// The zone is a day or more from UTC.
    #[error("must not have the zone {0}; zones are from -23:59 to +23:59")]
    Zone(String),
}

/// Parses a time in ISO 8601; one without a zone is in UTC.
///
/// # Errors
/// [`InvalidTime`].
pub fn parse_time(text: &str) -> Result<Timestamp, InvalidTime> {
    if let Some(zone) = HAS_ZONE.captures(text) {
        let hours: u32 = zone[2].parse().unwrap_or(u32::MAX);
        if hours > MAX_ZONE_HOURS {
            return Err(InvalidTime::Zone(zone[1].to_owned()));
        }
    }
    let has_zone = text.ends_with(['Z', 'z']);
    let parsed = if !has_zone && IS_LOCAL_TIME.is_match(text) {
        format!("{text}Z").parse()
    } else {
        text.parse()
    };
    parsed.map_err(|_| InvalidTime::Form)
}

#[cfg(test)]
mod tests {
    use super::{InvalidTime, parse_time};

    #[test]
    fn the_zone_may_be_left_out() {
        let expected = "2026-11-01T10:00:00Z".parse().unwrap();
        for text in [
            "2026-11-01T10:00:00Z",
            "2026-11-01T10:00:00",
            "2026-11-01 10:00:00",
            "2026-11-01T12:00:00+02:00",
            "2026-11-02T09:59:00+23:59",
        ] {
            assert_eq!(parse_time(text), Ok(expected), "{text}");
        }
        for text in ["2026-11-01T10:00", "2026-11-24", "2026-11-01T10:00:00.", "10:00", ""] {
            assert_eq!(parse_time(text), Err(InvalidTime::Form), "{text}");
        }
    }

    #[test]
    fn a_zone_of_a_day_is_refused_by_name() {
        for zone in ["+24:00", "-24:00", "+2400", "+24", "-25:59"] {
            let text = format!("2026-11-01T10:00:00{zone}");
            assert_eq!(parse_time(&text), Err(InvalidTime::Zone(zone.to_owned())), "{text}");
        }
    }
}
