//! `RUST_LOG`, the filter of the log.

use log::LevelFilter;

use crate::config::environment;

const VARIABLE: &str = "RUST_LOG";

const ACCEPTED: &str = "accepted are off, error, warn, info, debug, trace and TARGET=LEVEL, \
                        separated by commas";

/// The targets that log in this program: its crates and the libraries. Another word without a level
/// is a misspelt level, which `env_logger` would take for a target.
const TARGETS: [&str; 23] = [
    "actix_codec",
    "actix_cors",
    "actix_http",
    "actix_router",
    "actix_rt",
    "actix_server",
    "actix_web",
    "diesel",
    "diesel_migrations",
    "env_logger",
    "jiff",
    "mio",
    "r2d2",
    "rollcall",
    "rollcall_api_spec",
    "rollcall_domain",
    "rollcall_http",
    "rollcall_persistence",
    "rollcall_user_file",
    "rustls",
    "tokio",
    "tracing",
    "ureq",
];

/// The meaning of a part of the filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// A level for all, or for a known target.
    Effective,
    /// A level for a target that logs nothing here.
    Idle,
    /// Invalid.
    Wrong,
}

/// The error in `RUST_LOG`, if any: `env_logger` would ignore a part of it, or it would switch off
/// the whole log, because it names no level and no target that logs.
pub(super) fn flaw() -> Option<String> {
    let filter = environment::variable(VARIABLE)?;
    let Some(filter) = filter.to_str() else {
        return Some(format!("{VARIABLE} is not UTF-8 text; {ACCEPTED}"));
    };
    // What follows a slash would drop each line without that text: refusals, too.
    if filter.contains('/') {
        return Some(format!("{VARIABLE} has '/'; {ACCEPTED}"));
    }
    let parts = filter.split(',').map(str::trim).filter(|part| !part.is_empty());
    let parts: Vec<_> = parts.map(|part| (part, meaning(part))).collect();
    if let Some((part, _)) = parts.iter().find(|(_, part)| *part == Part::Wrong) {
        return Some(format!("{VARIABLE} has '{part}'; {ACCEPTED}"));
    }
    let is_idle = !parts.iter().any(|(_, part)| *part == Part::Effective);
    is_idle.then(|| {
        format!(
            "{VARIABLE} names no level, and no target that logs, such as rollcall or actix_web; \
             {ACCEPTED}"
        )
    })
}

/// `RUST_LOG`, or `default` if it is not set or invalid: a misspelt one would switch off the log.
pub(super) fn or(default: &str) -> String {
    let set = environment::variable(VARIABLE).and_then(|filter| filter.into_string().ok());
    set.filter(|_| flaw().is_none()).unwrap_or_else(|| default.to_owned())
}

fn meaning(part: &str) -> Part {
    let is_level = |text: &str| text.parse::<LevelFilter>().is_ok();
    match part.split_once('=').map(|(target, level)| (target.trim(), level.trim())) {
        None if is_level(part) || is_target(part) => Part::Effective,
        None | Some(("", "")) => Part::Wrong,
        Some((_, level)) if !level.is_empty() && !is_level(level) => Part::Wrong,
        Some((target, _)) if target.is_empty() || is_target(target) => Part::Effective,
        Some(_) => Part::Idle,
    }
}

/// Whether something logs under this name, or under one that begins with it and `_`.
fn is_target(name: &str) -> bool {
    let first = name.split("::").next().unwrap_or_default();
    let is_whole_start = |target: &str| {
        target.strip_prefix(first).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
    };
    !first.is_empty() && TARGETS.into_iter().any(is_whole_start)
}

#[cfg(test)]
mod tests {
    use super::{Part, TARGETS, meaning};

    #[test]
    fn parts_are_levels_and_targets() {
        for part in ["info", "WARN", "rollcall=debug", "rollcall_http=", "rollcall", "=info"] {
            assert_eq!(meaning(part), Part::Effective, "{part}");
        }
        for part in ["actix=off", "actix_http::h1 = TRACE", "rollcall::commands::serve", "off"] {
            assert_eq!(meaning(part), Part::Effective, "{part}");
        }
        for part in ["a::b = TRACE", "hyper=warn", "roll=info", "bogus="] {
            assert_eq!(meaning(part), Part::Idle, "{part}");
        }
        for part in ["nonsense=zz", "rollcall=debug=x", "=1", "a=b c", "=", "wran", "roll", "::"] {
            assert_eq!(meaning(part), Part::Wrong, "{part}");
        }
    }

    #[test]
    fn every_target_is_a_crate_of_this_program() {
        let packages = include_str!("../../../../../Cargo.lock").replace('-', "_");
        for target in TARGETS {
            assert!(packages.contains(&format!("name = \"{target}\"")), "{target}");
        }
    }
}
