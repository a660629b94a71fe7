//! The parsers of what clients send, as the targets of `fuzz/` call them.

pub use rollcall_api_spec::EndpointSet;

pub use crate::{
    error::ApiError,
    handlers::{
        directory::mapping::{change, new_user},
        portal::{first_password, password_change},
        tokens::basic,
    },
    request::{
        body::{parse, parse_merge_patch},
        conditions::{client_has, client_has_tag, etag, preconditions},
        credentials::{Basic, Credentials, Signed},
        pages::{PageRequest, audit_pages::AuditRequest, page_token},
    },
    response::error::error_response,
};
