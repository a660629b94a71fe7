//! Numbers, and errors that name the accepted range.

use std::{fmt::Display, ops::RangeInclusive, str::FromStr};

/// Reads whole numbers of this range.
pub(super) fn whole_number<T: Number>(
    range: RangeInclusive<T>,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static {
    move |text| read(text, &range, "")
}

/// Reads whole numbers of bytes of this range.
pub(super) fn bytes<T: Number>(
    range: RangeInclusive<T>,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static {
    move |text| read(text, &range, " of bytes")
}

/// Reads whole numbers of milliseconds of this range.
pub(crate) fn milliseconds<T: Number>(
    range: RangeInclusive<T>,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static {
    move |text| read(text, &range, " of milliseconds")
}

/// A number that can be parsed, compared and shown.
pub(crate) trait Number:
    FromStr + PartialOrd + Display + Clone + Send + Sync + 'static
{
}

impl<T: FromStr + PartialOrd + Display + Clone + Send + Sync + 'static> Number for T {}

fn read<T: Number>(text: &str, range: &RangeInclusive<T>, unit: &str) -> Result<T, String> {
    let number = text.parse().ok().filter(|number| range.contains(number));
    let (least, most) = (range.start(), range.end());
    number.ok_or_else(|| format!("must be a whole number{unit} from {least} to {most}"))
}
