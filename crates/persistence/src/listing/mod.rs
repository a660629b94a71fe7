//! Reads users in bounded memory: a page after a key, or all in one stream.

pub(crate) mod names;
pub(crate) mod page;
pub(crate) mod stream;
