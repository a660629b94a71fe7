//! The check of credentials for proxies and other programs. Of no source document: it is this
//! service's own.

pub mod operations;
