//! The HTTP face: routes mounted from the published document, thin handlers, credentials, and
//! every error in the envelope of its set.
//!
//! [`server()`] is the one way in, for the binary and its tests alike.

mod api_request;
mod audit;
mod audit_query;
mod base_path;
mod body;
mod client_address;
mod conditions;
mod connection;
mod cors;
mod credentials;
mod description;
mod directory;
mod docs;
mod edge;
mod envelope;
mod error;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod head_answer;
mod health;
mod host;
mod list;
mod log_line;
#[cfg(test)]
mod memory;
mod merge_patch;
mod numbers;
mod options;
mod page_query;
mod page_token;
mod portal;
mod prefix;
mod reference;
mod request_log;
mod routes;
mod security_headers;
mod server;
mod sessions;
mod statistics;
mod stream_body;
mod tokens;
mod used_signature;
mod versioned;

pub use base_path::{BasePath, InvalidBasePath};
pub use client_address::{ForwardedHeader, Forwarding, TrustedProxies};
pub use connection::{CONNECTIONS_IN_RESERVE, Limits};
pub use cors::CorsOrigins;
pub use health::Draining;
pub use rollcall_api_spec::{document_3_0_json, document_3_0_yaml, document_json, document_yaml};
pub use server::{Listener, ServerOptions, server};
pub use statistics::{HttpSnapshot, HttpStatistics, OperationStatistics};
pub use tokio_rustls::rustls;
