//! Operations on reset codes.

use super::types::{ResetCodeEnvelope, ResetCodeRedemption};
use crate::problem::{INVALID_USER_ID, Problem, ProblemType};

/// Create a reset code for a user
///
/// Returns a code with which the user can set a new password once, without the current one. The
/// code ends when it is redeemed, when it expires (by default after an hour), when another code is
/// created, when the password changes, and when the user is disabled or deleted. Only admins may
/// create codes. A request that a session signs cannot create a code for the user of the session.
#[utoipa::path(
    post,
    path = "/users/{userId}/reset-codes",
    operation_id = "createResetCode",
    tag = "resets",
    security(("basic" = [])),
    params(
        (
            "userId" = i64,
            Path,
            description = "The user's id (not name).",
            minimum = 1,
            example = 21,
        ),
    ),
    responses(
        (
            status = 201,
            description = "The new reset code. Its `code` is not shown again.",
            body = ResetCodeEnvelope,
            headers(("Cache-Control" = String, description = "Always `no-store`")),
        ),
        (
            status = 400,
            description = "Invalid user id",
            content_type = "application/problem+json",
            body = Problem,
            example = json!(ProblemType::MalformedRequest.with_detail(INVALID_USER_ID)),
        ),
        (
            status = 409,
            description = "The user is disabled",
            content_type = "application/problem+json",
            body = Problem,
            example = json!(ProblemType::UserDisabled.problem()),
        ),
    ),
)]
pub fn create_reset_code() {}

/// Set a password by a reset code
///
/// Sets the password of the user whom the code was created for, and ends all sessions of the user.
/// The request needs no credentials; any that it has are ignored. Invalid codes are counted by
/// address, as wrong passwords are. A rejected password does not use up the code.
#[utoipa::path(
    post,
    path = "/reset-codes",
    operation_id = "redeemResetCode",
    tag = "resets",
    security(()),
    request_body(content = ResetCodeRedemption, description = "The code and the new password"),
    responses(
        (status = 204, description = "The password is set. The code is used up."),
        (
            status = 400,
            description = "Malformed body, or invalid fields",
            content_type = "application/problem+json",
            body = Problem,
            example = json!(Problem::of_field(
                "resetCode.plaintextPassword",
                "must have at least 8 characters"
            )),
        ),
        (
            status = 404,
            description = "The code is unknown, used or expired, or its user is disabled",
            content_type = "application/problem+json",
            body = Problem,
            example = json!(ProblemType::NoSuchResetCode.problem()),
        ),
    ),
)]
pub fn redeem_reset_code() {}
