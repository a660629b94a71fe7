//! Durations: a whole number of seconds, or with a unit.

use std::{ops::RangeInclusive, time::Duration};

/// The longest duration of a setting, except that of sessions.
pub(super) const MAX_SECONDS: u64 = 3600;

/// Reads durations of this range of seconds.
pub(super) fn duration(
    range: RangeInclusive<u64>,
) -> impl Fn(&str) -> Result<Duration, String> + Clone + Send + Sync + 'static {
    move |text| {
        let seconds = seconds(text).filter(|seconds| range.contains(seconds));
        let (least, most) = (range.start(), range.end());
        let refusal = || {
            format!(
                "must be a whole number of seconds from {least} to {most}, or have a unit, such \
                 as 90s, 2m or 1h"
            )
        };
        seconds.map(Duration::from_secs).ok_or_else(refusal)
    }
}

fn seconds(text: &str) -> Option<u64> {
    let end = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let factor = match unit {
        "" | "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn a_duration_is_a_whole_number_with_or_without_a_unit() {
        for (text, expected) in [
            ("0", Some(0)),
            ("5", Some(5)),
            ("5s", Some(5)),
            ("2m", Some(120)),
            ("1h", Some(3600)),
            ("30d", Some(2_592_000)),
            ("", None),
            ("s", None),
            ("-1", None),
            ("+1", None),
            ("1.5h", None),
            ("1 h", None),
            ("5ms", None),
            ("1H", None),
            ("1h30m", None),
            ("18446744073709551615d", None),
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }
}
