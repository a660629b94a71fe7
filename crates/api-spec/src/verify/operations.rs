//! The operation that checks credentials for another program.

use utoipa::{IntoParams, ToSchema};

use crate::problem::Problem;

/// The query parameters of a check.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "its fields are the document's; the service reads the query itself")]
pub struct VerifyParameters {
    /// The user must have this role. If the parameter is repeated, one of the roles is enough.
    #[param(inline, style = Form, explode)]
    role: Option<Vec<RoleName>>,
}

/// The name of a role
#[derive(ToSchema)]
#[schema(pattern = "^[a-zA-Z][a-zA-Z0-9_.:-]{0,63}$")]
#[expect(dead_code, reason = "its schema is the document's; the service reads the query itself")]
struct RoleName(String);

/// Check credentials for another program
///
/// Tells another program which user sends a request. The program passes the credentials of the
/// request on, and reads the user from the headers of the response. nginx does so with
/// `auth_request`, Caddy with `forward_auth`, and Traefik with `forwardAuth`. The server reads no
/// body. A signature is valid if it was made for this path and query, and an API key if it has the
/// scope `verify`.
///
/// All headers are present in every response, so that a proxy replaces those of a client. In the
/// name and the email address `%` and all bytes but printable ASCII are percent-encoded.
#[utoipa::path(
    get,
    path = "/auth/verify",
    operation_id = "verifyCredentials",
    tag = "verification",
    security(("basic" = []), ("bearer" = [])),
    params(VerifyParameters),
    responses(
        (
            status = 204,
            description = "The credentials are right",
            headers(
                ("Remote-User" = String, description = "The user's name, percent-encoded"),
                ("Remote-User-Id" = i64, description = "The user's id"),
                (
                    "Remote-Email" = String,
                    description = "The user's email address, percent-encoded; empty if the user \
                        has none"
                ),
                (
                    "Remote-Groups" = String,
                    description = "The user's roles, ordered by name and separated by commas; \
                        empty if the user has none"
                ),
            ),
        ),
        (
            status = 400,
            description = "Invalid query parameter",
            content_type = "application/problem+json",
            body = Problem,
            example = json!({
                "type": "urn:rollcall:problem:malformed-request",
                "title": "Bad Request",
                "status": 400,
                "detail": "group is unknown; accepted is role, which may be repeated"
            }),
        ),
        (
            status = 403,
            description = "The credentials are right, but the user has none of the roles, or the \
                API key lacks the scope `verify`",
            content_type = "application/problem+json",
            body = Problem,
            example = json!({
                "type": "urn:rollcall:problem:forbidden",
                "title": "Forbidden",
                "status": 403,
                "detail": "Permission denied"
            }),
        ),
    ),
)]
pub fn verify_credentials() {}
