//! Operations on the audit log.

use utoipa::IntoParams;

use super::{AuditAction, AuditLogEnvelope};
use crate::directory::Problem;

/// The query parameters of the audit log.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "its fields are the document's; the service reads the query itself")]
pub struct AuditParameters {
    /// Maximum number of entries; the default is 100
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i32>,
    /// The `nextPageToken` of the previous page. The other parameters must be the same; only
    /// `limit` may change.
    #[param(min_length = 1)]
    page_token: Option<String>,
    /// Only entries about the user with this id, who may have been deleted
    #[param(minimum = 1)]
    user_id: Option<i64>,
    /// Only entries with this action
    #[param(inline = false)]
    action: Option<AuditAction>,
}

/// Get entries of the audit log
///
/// Returns the audit log in pages, newest entry first. It has an entry for every change of a user,
/// every log-in, every request that ends sessions, and every import. Each entry is written in the
/// same transaction as the change. Only admins may read the log.
#[utoipa::path(
    get,
    path = "/audit",
    operation_id = "listAuditEntries",
    tag = "audit",
    security(("basic" = [])),
    params(AuditParameters),
    responses((
        status = 200,
        description = "A page of entries",
        body = AuditLogEnvelope,
        headers((
            "Link" = String,
            description = "The next page as `rel=\"next\"`, relative to the request URL; only if \
                there is one"
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
        description = "Invalid query parameter",
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
