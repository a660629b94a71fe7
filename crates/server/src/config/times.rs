//! Times as operators write them.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use rollcall_domain::{InvalidTime, parse_time};

/// Parses a time in ISO 8601, or a day such as 2026-01-01: the time at which it begins in UTC.
///
/// # Errors
/// A sentence that names the accepted forms.
pub(crate) fn parse_time_or_day(text: &str) -> Result<Timestamp, String> {
    beginning_of_day(text).map_or_else(|| parse_time(text), Ok).map_err(|error| match error {
        InvalidTime::Form => format!("{error}; a day, such as 2026-01-01, is its beginning"),
        InvalidTime::Zone(_) => error.to_string(),
    })
}

/// Parses a time or a day that has passed.
///
/// # Errors
/// As [`parse_time_or_day`].
pub(super) fn parse_past(text: &str) -> Result<Timestamp, String> {
    let time = parse_time_or_day(text)?;
    if time > Timestamp::now() {
        return Err("must not be in the future; give a time that has passed".to_owned());
    }
    Ok(time)
}

fn beginning_of_day(text: &str) -> Option<Timestamp> {
    // A date's own form accepts a time behind it, and ignores that.
    let is_day = text.len() == "2026-01-01".len();
    let day: Date = is_day.then(|| text.parse().ok())??;
    Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::parse_time_or_day;

    #[test]
    fn a_day_is_its_beginning_in_utc() {
        for (text, expected) in [
            ("2026-11-28", "2026-11-28T00:00:00Z"),
            ("2026-11-28T01:00:00+02:00", "2026-11-27T23:00:00Z"),
            ("2026-11-28T01:00:00", "2026-11-28T01:00:00Z"),
            ("9999-12-30", "9999-12-30T00:00:00Z"),
        ] {
            assert_eq!(parse_time_or_day(text), Ok(expected.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn the_error_of_an_invalid_time_names_both_forms() {
        for text in ["", "monday", "2026-02-30", "2026-11", "20261128", "9999-12-31", "2026-1-28x"]
        {
            let error = parse_time_or_day(text).unwrap_err();
            assert!(error.contains("such as 2026-11-28T16:24:00Z"), "{text}: {error}");
            assert!(error.ends_with("; a day, such as 2026-01-01, is its beginning"), "{error}");
        }
        let error = parse_time_or_day("2026-11-28T01:00:00+24:00").unwrap_err();
        assert_eq!(error, "must not have the zone +24:00; zones are from -23:59 to +23:59");
    }
}
