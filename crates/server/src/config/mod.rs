//! The settings of each command, from flags, variables and the files that they name. The doc
//! comments here are the text of `--help`.

pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod copy;
mod durations;
pub(crate) mod environment;
pub(crate) mod export;
pub(crate) mod help;
pub(crate) mod import;
pub(crate) mod input;
pub(crate) mod keys;
pub(crate) mod listen;
pub(crate) mod network;
pub(crate) mod numbers;
mod open_files;
pub(crate) mod passwords;
mod proxies;
pub(crate) mod reset_codes;
pub(crate) mod serve;
pub(crate) mod session_secret;
pub(crate) mod sessions;
pub(crate) mod store;
mod switch;
mod terminal;
pub(crate) mod times;
pub(crate) mod user;
