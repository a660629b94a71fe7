//! The responses that many operations share, one component for each set.

use serde_json::json;
use utoipa::{
    Modify,
    openapi::{
        Content, Header, OpenApi, Ref, RefOr, Response, ResponseBuilder,
        path::Operation,
        schema::{ObjectBuilder, Type},
        security::SecurityRequirement,
    },
};

use crate::{document::EndpointSet, paths::operations_mut};

/// Adds to each operation the shared responses that it can return.
pub(crate) struct SharedResponses;

/// A status that many operations return.
struct Shared {
    status: u16,
    name: &'static str,
    title: &'static str,
    kind: &'static str,
    description: &'static str,
    detail: &'static str,
    header: Option<(&'static str, &'static str)>,
}

const SHARED: [Shared; 9] = [
    Shared {
        status: 401,
        name: "Unauthenticated",
        title: "Unauthorized",
        kind: "unauthenticated",
        description: "Credentials are missing or wrong",
        detail: "Credentials are missing or wrong",
        header: Some(("WWW-Authenticate", "The challenge for HTTP Basic credentials")),
    },
    Shared {
        status: 403,
        name: "Forbidden",
        title: "Forbidden",
        kind: "forbidden",
        description: "The user lacks permission, or the current password does not match",
        detail: "Permission denied",
        header: None,
    },
    Shared {
        status: 404,
        name: "NotFound",
        title: "Not Found",
        kind: "not-found",
        description: "There is no such user. Non-admins get 403 instead.",
        detail: "There is no such user",
        header: None,
    },
    Shared {
        status: 408,
        name: "BodyTooSlow",
        title: "Request Timeout",
        kind: "body-too-slow",
        description: "The body did not arrive in time",
        detail: "The body must arrive within 10 seconds",
        header: None,
    },
    Shared {
        status: 413,
        name: "BodyTooLarge",
        title: "Payload Too Large",
        kind: "body-too-large",
        description: "The body is larger than 64 KiB",
        detail: "The body must be at most 65536 bytes",
        header: None,
    },
    Shared {
        status: 415,
        name: "UnsupportedMediaType",
        title: "Unsupported Media Type",
        kind: "unsupported-media-type",
        description: "The content type or content encoding of the body is not supported. Accepted \
            are `application/json` and, for PATCH, `application/merge-patch+json`, without an \
            encoding.",
        detail: "The content type must be application/json, or for PATCH \
            application/merge-patch+json, without a content encoding",
        header: Some(("Accept-Patch", "The accepted content types; only after a PATCH")),
    },
    Shared {
        status: 429,
        name: "TooManyAttempts",
        title: "Too Many Requests",
        kind: "too-many-attempts",
        description: "Too many log-in attempts, registrations or changes",
        detail: "Too many attempts; try again later",
        header: Some(("Retry-After", "The seconds to wait before the next attempt")),
    },
    Shared {
        status: 500,
        name: "InternalError",
        title: "Internal Server Error",
        kind: "internal",
        description: "The server failed. Its log has the reason under the `X-Request-Id`.",
        detail: "The server failed",
        header: None,
    },
    Shared {
        status: 503,
        name: "Unavailable",
        title: "Service Unavailable",
        kind: "unavailable",
        description: "The server is unavailable or overloaded",
        detail: "The server is unavailable; try again later",
        header: Some(("Retry-After", "The seconds to wait before the next request")),
    },
];

impl Modify for SharedResponses {
    fn modify(&self, document: &mut OpenApi) {
        let components = document.components.get_or_insert_default();
        for set in [EndpointSet::Portal, EndpointSet::Directory] {
            for shared in &SHARED {
                let response = RefOr::T(shared.response(set));
                components.responses.insert(shared.component(set), response);
            }
        }
        for (path, item) in &mut document.paths.paths {
            let set = EndpointSet::of_path(path);
            for operation in operations_mut(item) {
                let given = SHARED.iter().filter(|shared| shared.is_given_by(operation, path));
                for shared in given.collect::<Vec<_>>() {
                    let reference = Ref::from_response_name(shared.component(set));
                    let responses = &mut operation.responses.responses;
                    responses.insert(shared.status.to_string(), RefOr::Ref(reference));
                }
            }
        }
    }
}

impl Shared {
    /// Whether the operation returns this response and does not describe it itself.
    fn is_given_by(&self, operation: &Operation, path: &str) -> bool {
        let security = operation.security.as_deref().unwrap_or_default();
        let takes_credentials = security.iter().any(|it| *it != SecurityRequirement::default());
        let is_given = match self.status {
            401 | 429 => operation.security.is_some(),
            403 => takes_credentials,
            404 => {
                path.contains('{') && operation.operation_id.as_deref() != Some("createPortalUser")
            }
            // The body of a signed request is read whatever the operation.
            408 | 413 => operation.request_body.is_some() || takes_credentials,
            415 => operation.request_body.is_some(),
            _ => true,
        };
        is_given && !operation.responses.responses.contains_key(&self.status.to_string())
    }

    fn component(&self, set: EndpointSet) -> String {
        format!("{set:?}{}", self.name)
    }

    fn response(&self, set: EndpointSet) -> Response {
        let (media_type, schema, example) = match set {
            EndpointSet::Portal => ("application/json", "ErrorMessage", json!(self.detail)),
            EndpointSet::Directory => (
                "application/problem+json",
                "Problem",
                json!({
                    "type": format!("urn:rollcall:problem:{}", self.kind),
                    "title": self.title,
                    "status": self.status,
                    "detail": self.detail,
                }),
            ),
        };
        let mut content = Content::new(Some(Ref::from_schema_name(schema)));
        content.example = Some(example);
        let response =
            ResponseBuilder::new().description(self.description).content(media_type, content);
        let header = self.header.map(|(name, description)| {
            let text = ObjectBuilder::new().schema_type(Type::String).build();
            let mut header = Header::new(text);
            header.description = Some(description.to_owned());
            (name, header)
        });
        match header {
            Some((name, header)) => response.header(name, header).build(),
            None => response.build(),
        }
    }
}
