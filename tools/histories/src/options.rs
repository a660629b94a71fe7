//! The command line.

use std::{path::PathBuf, time::Duration};

use crate::driver::planted::{KINDS, Kind};

/// What to run.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) store: Store,
    pub(crate) time: Duration,
    pub(crate) clients: usize,
    pub(crate) planted: Option<Kind>,
    /// Where the history is written.
    pub(crate) save: Option<PathBuf>,
}

/// Which store the replicas share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Store {
    Sqlite,
    Postgres,
}

impl Options {
    pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let (store, time) = (Store::Postgres, Duration::from_secs(60));
        let mut options = Self { store, time, clients: 24, planted: None, save: None };
        while let Some(flag) = words.next() {
            let value = words.next().ok_or_else(|| format!("{flag} requires a value"))?;
            let wrong = |accepted: &str| format!("{flag} is `{value}`; accepted: {accepted}");
            match flag.as_str() {
                "--store" => {
                    options.store = match value.as_str() {
                        "sqlite" => Store::Sqlite,
                        "postgres" => Store::Postgres,
                        _ => return Err(wrong("sqlite, postgres")),
                    };
                }
                "--seconds" => {
                    let seconds = value.parse().map_err(|_| wrong("a whole number"))?;
                    options.time = Duration::from_secs(seconds);
                }
                "--clients" => options.clients = value.parse().map_err(|_| wrong("a number"))?,
                "--plant" => {
                    let names = KINDS.map(|(name, _)| name).join(", ");
                    let kind = KINDS.iter().find(|(name, _)| *name == value);
                    options.planted = Some(kind.ok_or_else(|| wrong(&names))?.1);
                }
                "--save" => options.save = Some(PathBuf::from(value)),
                _ => {
                    let accepted = "--store, --seconds, --clients, --plant, --save";
                    return Err(format!("{flag} is no flag; accepted: {accepted}"));
                }
            }
        }
        Ok(options)
    }
}
