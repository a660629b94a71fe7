//! Operations on the audit log.

use super::types::AuditLogEnvelope;
use crate::{
    pages::AuditParameters,
    problem::{INVALID_LIMIT, Problem, ProblemType},
};

/// Get entries of the audit log
///
/// Returns the audit log in pages, newest entry first. It has an entry for every change of a user,
/// every log-in, every request that ends sessions, every API key that is made or ended, every new
/// reset code, and every import. Each entry is written in the same transaction as the change.
/// Entries that the operator has archived are not in the log. Only admins may read the log.
#[utoipa::path(
    get,
    path = "/audit",
    operation_id = "listAuditEntries",
    tag = "audit",
    security(("basic" = []), ("bearer" = [])),
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
            "actorKeyId": null,
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
        example = json!(ProblemType::MalformedRequest.with_detail(INVALID_LIMIT)),
    )),
)]
pub fn list_audit_entries() {}
