//! Every operation of the contract.

use strum::{EnumString, IntoStaticStr, VariantArray};

/// The operations by their `operationId`. The `http` crate matches on this exhaustively, so that
/// an operation without a handler does not compile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "camelCase")]
pub enum Operation {
    /// `GET /api/v1/users`
    ListPortalUsers,
    /// `GET /api/v1/users/{user}`
    GetPortalUser,
    /// `PUT /api/v1/users/{user}`
    CreatePortalUser,
    /// `PATCH /api/v1/users/{user}`
    UpdatePortalUserPassword,
    /// `DELETE /api/v1/users/{user}`
    DeletePortalUser,
    /// `GET /users`
    ListUsers,
    /// `POST /users`
    CreateUser,
    /// `GET /users/me`
    GetCurrentUser,
    /// `GET /users/{userId}`
    GetUser,
    /// `PATCH /users/{userId}`
    UpdateUser,
    /// `POST /tokens`
    CreateSessionToken,
    /// `DELETE /tokens/{sessionKey}`
    DeleteSessionToken,
    /// `GET /users/{userId}/sessions`
    ListSessions,
    /// `DELETE /users/{userId}/sessions`
    DeleteSessions,
    /// `DELETE /users/{userId}/sessions/{sessionId}`
    DeleteSession,
    /// `POST /users/{userId}/keys`
    CreateApiKey,
    /// `GET /users/{userId}/keys`
    ListApiKeys,
    /// `DELETE /users/{userId}/keys/{keyId}`
    DeleteApiKey,
    /// `POST /users/{userId}/reset-codes`
    CreateResetCode,
    /// `POST /reset-codes`
    RedeemResetCode,
    /// `GET /auth/verify`
    VerifyCredentials,
    /// `GET /audit`
    ListAuditEntries,
}

impl Operation {
    /// Every operation, in the order of their numbers.
    pub const ALL: &[Self] = Self::VARIANTS;

    /// The `operationId`.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.into()
    }
}

/// The sets of endpoints, which differ in the format of errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointSet {
    /// Users by name: `/api/v1/users`. Errors are JSON strings.
    Portal,
    /// Users by id: `/users`. Errors are RFC 9457 problems, here and outside both sets.
    Directory,
}

impl EndpointSet {
    /// The set that determines the error format of a path, even of an unknown one.
    #[must_use]
    pub fn of_path(path: &str) -> Self {
        if path == "/api" || path.starts_with("/api/") { Self::Portal } else { Self::Directory }
    }
}
