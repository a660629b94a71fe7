//! The commands.

pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod calibrate;
pub(crate) mod completions;
pub(crate) mod copy;
pub(crate) mod export;
mod files;
pub(crate) mod healthcheck;
pub(crate) mod import;
pub(crate) mod man_pages;
pub(crate) mod openapi;
pub(crate) mod output;
mod reachable;
pub(crate) mod restore;
pub(crate) mod serve;
pub(crate) mod user;
