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

use super::walk::operations_mut;
use crate::{
    operation::EndpointSet,
    problem::{ProblemType, SharedResponse},
};

/// Adds to each operation the shared responses that it can return.
pub(crate) struct SharedResponses;

/// The operation that reads no body, even if the request is signed.
const WITHOUT_BODY: &str = "verifyCredentials";

/// The operation that looks at no credentials, only at a code in its body.
const OF_ANYONE: &str = "redeemResetCode";

impl Modify for SharedResponses {
    fn modify(&self, document: &mut OpenApi) {
        let components = document.components.get_or_insert_default();
        for set in [EndpointSet::Portal, EndpointSet::Directory] {
            for (problem, shared) in shared() {
                let response = RefOr::T(response(set, problem, shared));
                components.responses.insert(component(set, problem), response);
            }
        }
        for (path, item) in &mut document.paths.paths {
            let set = EndpointSet::of_path(path);
            for operation in operations_mut(item) {
                for (problem, _) in shared() {
                    let status = problem.kind().status;
                    if is_given_by(operation, path, status) {
                        let reference = Ref::from_response_name(component(set, problem));
                        let responses = &mut operation.responses.responses;
                        responses.insert(status.to_string(), RefOr::Ref(reference));
                    }
                }
            }
        }
    }
}

fn shared() -> impl Iterator<Item = (ProblemType, SharedResponse)> {
    ProblemType::ALL.iter().filter_map(|problem| Some((*problem, problem.kind().shared?)))
}

/// Whether the operation returns the shared response of `status` and does not describe it itself.
fn is_given_by(operation: &Operation, path: &str, status: u16) -> bool {
    let security = operation.security.as_deref().unwrap_or_default();
    let takes_credentials =
        security.iter().any(|requirement| *requirement != SecurityRequirement::default());
    let id = operation.operation_id.as_deref();
    let is_given = match status {
        401 if id == Some(OF_ANYONE) => false,
        401 | 429 => operation.security.is_some(),
        403 => takes_credentials,
        404 => path.contains('{') && id != Some("createPortalUser"),
        // The body of a signed request is read whatever the operation, but for one.
        408 | 413 => {
            operation.request_body.is_some() || (takes_credentials && id != Some(WITHOUT_BODY))
        }
        415 => operation.request_body.is_some(),
        _ => true,
    };
    is_given && !operation.responses.responses.contains_key(&status.to_string())
}

fn component(set: EndpointSet, problem: ProblemType) -> String {
    format!("{set:?}{problem:?}")
}

fn response(set: EndpointSet, problem: ProblemType, shared: SharedResponse) -> Response {
    let (media_type, schema, example) = match set {
        EndpointSet::Portal => ("application/json", "ErrorMessage", json!(problem.text(set))),
        EndpointSet::Directory => ("application/problem+json", "Problem", json!(problem.problem())),
    };
    let mut content = Content::new(Some(Ref::from_schema_name(schema)));
    content.example = Some(example);
    let response =
        ResponseBuilder::new().description(shared.description).content(media_type, content);
    let Some((name, description)) = shared.header else { return response.build() };
    let mut header = Header::new(ObjectBuilder::new().schema_type(Type::String).build());
    header.description = Some(description.to_owned());
    response.header(name, header).build()
}
