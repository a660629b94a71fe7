//! Operations on the audit log.

use utoipa::IntoParams;

use super::{AuditAction, AuditLogEnvelope};
use crate::directory::Problem;

/// Which entries are asked for.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "its fields are the document's; the service reads the query itself")]
pub struct AuditParameters {
    /// How many entries at most; 100 unless it is said
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i32>,
    /// Go on where another page ended: its `nextPageToken`, with the same parameters but `limit`
    #[param(min_length = 1)]
    page_token: Option<String>,
    /// Only what was done to the user with this id, who may be gone
    #[param(minimum = 1)]
    user_id: Option<i64>,
    /// Only entries of this kind
    #[param(inline = false)]
    action: Option<AuditAction>,
}

/// Get entries of the audit log
///
/// Who changed what, the newest first, in pages. There is an entry for every change of a user, every
/// log-in, every request that ends sessions and every import, written together with the change.
/// Non-admins get an authorization error.
#[utoipa::path(
    get,
    path = "/audit",
    operation_id = "listAuditEntries",
    tag = "audit",
    security(("basic" = [])),
    params(AuditParameters),
    responses((
        status = 200,
        description = "The entries",
        body = AuditLogEnvelope,
        headers((
            "Link" = String,
            description = "The next page, if any, as `rel=\"next\"`, relative to the request"
        )),
        example = json!({"auditLog": {"entries": [{
            "number": 2,
            "time": "2026-11-23T02:00:10.018274Z",
            "actor": "PASSWORD",
            "actorId": 1,
            "actorName": "admin",
            "action": "USER_CHANGED",
            "userId": 21,
            "userName": "user12",
            "changes": [
                {"field": "email", "before": "user12@example.com", "after": "user12@example.org"},
                {"field": "password", "before": null, "after": null},
                {"field": "sessions", "before": "2", "after": "0"}
            ],
            "address": "192.0.2.7",
            "requestId": "8f14e45fceea167a-2c",
            "clientRequestId": null,
            "format": 2,
            "hash": "c3ab8ff13720e8ad9047dd39466b3c8974e592c2fa383d4a3960714caef0c4f2"
        }]}}),
    ), (
        status = 400,
        description = "A parameter can't be what it is",
        content_type = "application/problem+json",
        body = Problem,
        example = json!({
            "type": "urn:rollcall:problem:malformed-request",
            "title": "Bad Request",
            "status": 400,
            "detail": "limit must be a whole number from 1 to 1000"
        }),
    )),
)]
pub fn list_audit_entries() {}
