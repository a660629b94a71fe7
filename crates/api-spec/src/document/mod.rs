//! The published document.

mod enum_names;
mod finish;
mod links;
mod openapi_3_0;
mod security;
mod shared_responses;
mod walk;

use std::sync::LazyLock;

use serde_json::Value;
use utoipa::OpenApi;

use crate::{
    audit, directory, keys, portal, problem::Problem, reset_codes, sessions, tokens, verify,
    wire::enums::UserSort,
};
use finish::finish;
use links::Links;
use security::SecuritySchemes;
use shared_responses::SharedResponses;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Rollcall",
        description = "Rollcall serves one store of users through two sets of endpoints. The \
            *portal* set addresses users by username. The *directory* set addresses them by id and \
            versions every user.\n\n\
            Both sets accept HTTP Basic credentials, the name and password of a user. They also \
            accept requests signed with a session token, which `POST /tokens` returns for a name \
            and a password. Programs can use an API key instead, which permits what its scopes do: \
            as a Bearer token, or as the password of HTTP Basic.\n\n\
            Ids, versions and audit entry numbers are integers below 2^53, so double-precision \
            numbers represent them exactly.\n\n\
            `docs/differences.md` in the repository lists the differences from the original APIs.",
        contact(name = "The maintainers of Rollcall"),
        license(name = "MIT OR Apache-2.0", url = "https://opensource.org/licenses"),
    ),
    servers((url = ".", description = "This server")),
    tags(
        (
            name = "portal",
            description = "Create, edit, and delete users. You need to provide authentication \
                parameters for all queries. Users are addressed by name.",
        ),
        (
            name = "directory",
            description = "The Users Resource. Users are addressed by id and have versions.",
        ),
        (
            name = "tokens",
            description = "Log in and out, and manage sessions. Requests of a session are signed.",
        ),
        (
            name = "keys",
            description = "Make, list and end API keys, by which programs act as a user within \
                scopes.",
        ),
        (
            name = "resets",
            description = "Set the password of a user who has lost it, by a code that an admin \
                hands out.",
        ),
        (
            name = "verification",
            description = "Check credentials for a proxy or another program.",
        ),
        (name = "audit", description = "Read the log of changes to users, sessions and keys."),
    ),
    paths(
        portal::operations::list_portal_users,
        portal::operations::get_portal_user,
        portal::operations::create_portal_user,
        portal::operations::update_portal_user_password,
        portal::operations::delete_portal_user,
        directory::operations::list_users,
        directory::operations::create_user,
        directory::operations::get_current_user,
        directory::operations::get_user,
        directory::operations::update_user,
        tokens::operations::create_session_token,
        tokens::operations::delete_session_token,
        sessions::operations::list_sessions,
        sessions::operations::delete_sessions,
        sessions::operations::delete_session,
        keys::operations::create_api_key,
        keys::operations::list_api_keys,
        keys::operations::delete_api_key,
        reset_codes::operations::create_reset_code,
        reset_codes::operations::redeem_reset_code,
        verify::operations::verify_credentials,
        audit::operations::list_audit_entries,
    ),
    components(schemas(portal::types::ErrorMessage, Problem, UserSort)),
    modifiers(&SecuritySchemes, &SharedResponses, &Links),
)]
struct ApiDocument;

#[expect(clippy::expect_used, reason = "the document is a constant that the tests generate")]
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let mut document = serde_json::to_value(ApiDocument::openapi()).expect("a document");
    finish(&mut document);
    document
});

static DOCUMENT_3_0: LazyLock<Value> = LazyLock::new(|| openapi_3_0::downgraded(&DOCUMENT));

static JSON: LazyLock<String> = LazyLock::new(|| json(&DOCUMENT));
static YAML: LazyLock<String> = LazyLock::new(|| yaml(&DOCUMENT));
static JSON_3_0: LazyLock<String> = LazyLock::new(|| json(&DOCUMENT_3_0));
static YAML_3_0: LazyLock<String> = LazyLock::new(|| yaml(&DOCUMENT_3_0));

fn json(document: &Value) -> String {
    format!("{document:#}\n")
}

#[expect(clippy::expect_used, reason = "the document is a constant that the tests generate")]
fn yaml(document: &Value) -> String {
    yaml_serde::to_string(document).expect("a document")
}

/// The document as JSON, as `openapi/openapi.json` holds it and the server serves it.
#[must_use]
pub fn document_json() -> &'static str {
    &JSON
}

/// The document as YAML, as `openapi/openapi.yaml` holds it and the server serves it.
#[must_use]
pub fn document_yaml() -> &'static str {
    &YAML
}

/// The document in OpenAPI 3.0.3 as JSON, as `openapi/openapi-3.0.json` holds it and the server
/// serves it.
#[must_use]
pub fn document_3_0_json() -> &'static str {
    &JSON_3_0
}

/// The document in OpenAPI 3.0.3 as YAML.
#[must_use]
pub fn document_3_0_yaml() -> &'static str {
    &YAML_3_0
}

/// Examples of signed requests, as `openapi/signing-test-vectors.json` holds them.
#[must_use]
pub fn signing_test_vectors() -> &'static str {
    include_str!("../../../../openapi/signing-test-vectors.json")
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value};

    use super::DOCUMENT;
    use crate::endpoints::endpoints;

    #[test]
    fn the_document_and_the_operations_have_the_same_endpoints() {
        let members = |value: &'static Value| value.as_object().into_iter().flat_map(Map::iter);
        let documented: Vec<_> = members(&DOCUMENT["paths"])
            .flat_map(|(path, item)| members(item).map(move |member| (path, member)))
            .map(|(path, (method, operation))| {
                (path.clone(), method.to_uppercase(), operation["operationId"].clone())
            })
            .collect();
        let listed: Vec<_> = endpoints()
            .into_iter()
            .map(|one| (one.path, one.method.to_owned(), one.operation.id().into()))
            .collect();
        assert_eq!(listed, documented);
    }
}
