//! Answers each operation, one file a set; lists are streamed from here.

pub(crate) mod audit;
pub(crate) mod console;
pub(crate) mod directory;
pub(crate) mod docs;
pub(crate) mod health;
pub(crate) mod keys;
mod list;
pub(crate) mod options;
mod pages;
pub(crate) mod portal;
pub(crate) mod reset_codes;
pub(crate) mod sessions;
mod stream_body;
pub(crate) mod tokens;
pub(crate) mod verify;
