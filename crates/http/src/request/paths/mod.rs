//! Paths: what everything is mounted below, and what stands before it on the way to clients.

pub(crate) mod base_path;
pub(crate) mod document_paths;
pub(crate) mod prefix;
