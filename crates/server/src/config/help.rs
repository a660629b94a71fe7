//! The text after the options in `--help`.

macro_rules! durations {
    () => {
        "A DURATION is a number of seconds, or has a unit: 90s, 2m, 1h, 30d."
    };
}

/// The format of durations.
pub(super) const OF_DURATIONS: &str = durations!();

/// The end of `rollcall --help` and `rollcall serve --help`. Lines have less than 80 columns,
/// because clap would wrap longer ones without the indent.
pub(crate) const OF_SERVE: &str = concat!(
    durations!(),
    "

Environment:
  ROLLCALL_ADMIN_PASSWORD       Password of the first admin, used while the
                                store has no admin [default: generated and
                                printed once]
  ROLLCALL_ADMIN_PASSWORD_FILE  File that contains this password
  ROLLCALL_DATABASE_URL_FILE    File that contains the database URL
  ROLLCALL_SESSION_SECRET       Secret that session tokens are derived from, at
                                least 32 bytes. All processes on one database
                                require the same one. Required with PostgreSQL
                                [default with SQLite: generated in a file
                                beside the database]
  ROLLCALL_SESSION_SECRET_FILE  File that contains this secret
  RUST_LOG                      Log filter, such as warn or rollcall=debug
                                [default: info]"
);
