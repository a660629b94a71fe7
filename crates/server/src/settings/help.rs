//! What `--help` says behind the settings.

macro_rules! durations {
    () => {
        "A DURATION is a number of seconds, or has a unit: 90s, 2m, 1h, 30d."
    };
}

/// How durations are written.
pub(super) const OF_DURATIONS: &str = durations!();

/// What `rollcall --help` and `rollcall serve --help` end with. No line is longer than the
/// narrowest usual terminal is wide: clap would break it a second time, without the indent.
pub(super) const OF_SERVE: &str = concat!(
    durations!(),
    "

Environment:
  ROLLCALL_ADMIN_PASSWORD       The first admin's password, used when the store
                                has no admin; one is generated and printed once
                                when it is unset
  ROLLCALL_ADMIN_PASSWORD_FILE  A file that holds it instead
  ROLLCALL_DATABASE_URL_FILE    A file that holds ROLLCALL_DATABASE_URL instead
  ROLLCALL_SESSION_SECRET       What session tokens are derived from, at least
                                32 bytes, the same for all processes on one
                                database; required with PostgreSQL; with SQLite
                                kept in a file beside the database when unset
  ROLLCALL_SESSION_SECRET_FILE  A file that holds it instead
  RUST_LOG                      The filter of the log, such as warn or
                                rollcall=debug [default: info]"
);
