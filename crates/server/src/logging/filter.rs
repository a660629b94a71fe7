//! `RUST_LOG`, the filter of the log.

use log::LevelFilter;

use crate::{environment, failure::Failure};

const VARIABLE: &str = "RUST_LOG";

/// Refuses a `RUST_LOG` that `env_logger` would ignore in part.
pub(crate) fn check() -> Result<(), Failure> {
    let Some(filter) = environment::variable(VARIABLE) else { return Ok(()) };
    let filter = filter.into_string().map_err(|_| format!("{VARIABLE} must be UTF-8 text"))?;
    let (levels, text) = filter.split_once('/').unwrap_or((&filter, ""));
    if text.contains('/') {
        return Err(format!("{VARIABLE} has more than one '/'; at most one is accepted").into());
    }
    levels.split(',').find(|part| !is_accepted(part)).map_or(Ok(()), |part| {
        let part = part.trim();
        Err(format!(
            "{VARIABLE} has '{part}'; accepted are off, error, warn, info, debug, trace and \
             TARGET=LEVEL, separated by commas"
        )
        .into())
    })
}

/// What `RUST_LOG` says, or else `default`.
pub(super) fn or(default: &str) -> String {
    let set = environment::variable(VARIABLE).and_then(|filter| filter.into_string().ok());
    set.unwrap_or_else(|| default.to_owned())
}

/// Whether this is a level, a target, or a target and a level.
fn is_accepted(part: &str) -> bool {
    match part.trim().split_once('=') {
        None => true,
        Some((_, level)) => level.is_empty() || level.trim().parse::<LevelFilter>().is_ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::is_accepted;

    #[test]
    fn parts_are_levels_and_targets() {
        for part in ["", "info", " rollcall=debug ", "rollcall_http=", "a::b = TRACE", "rollcall"] {
            assert!(is_accepted(part), "{part}");
        }
        for part in ["nonsense=zz", "rollcall=debug=x", "=1", "a=b c"] {
            assert!(!is_accepted(part), "{part}");
        }
    }
}
