//! The HTTP face: routes mounted from the published document, thin handlers, credentials, and
//! every error in the envelope of its set.
//!
//! [`server()`] is the one way in, for the binary and its tests alike.

mod connection;
mod error;
mod handlers;
mod middleware;
#[doc(hidden)]
pub mod parsers;
mod request;
mod response;
mod routes;
mod server;
mod services;
mod socket;
mod statistics;

pub use connection::limits::{CONNECTIONS_IN_RESERVE, Limits};
pub use handlers::health::Draining;
pub use middleware::cors::CorsOrigins;
pub use request::{
    client_address::{Forwarding, TrustedProxies, forwarded::ForwardedHeader},
    paths::base_path::{BasePath, InvalidBasePath},
};
pub use rollcall_api_spec::{document_3_0_json, document_3_0_yaml, document_json, document_yaml};
pub use server::{ServerOptions, server};
pub use services::Services;
pub use socket::listener::{Listener, Pages};
pub use statistics::HttpStatistics;
pub use tokio_rustls::rustls;
