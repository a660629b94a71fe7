//! Problem details (RFC 9457): the errors of every path outside the portal set.

use serde::Serialize;
use utoipa::ToSchema;

/// An error as problem details (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "type": "urn:rollcall:problem:not-found",
    "title": "Not Found",
    "status": 404,
    "detail": "There is no such user"
}))]
pub struct Problem {
    /// The kind of problem. Programs should use this member.
    #[serde(rename = "type")]
    pub kind: ProblemType,
    /// The reason phrase of the status.
    pub title: String,
    /// The HTTP status code.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// An explanation of this occurrence, for people.
    pub detail: String,
    /// The invalid fields of the request body, if there are any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<FieldError>,
}

/// An invalid field of the request body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// The path of the field in the body, such as `userInfo.name`.
    #[schema(example = "userInfo.name")]
    pub field: String,
    /// The rule that the value breaks, or the accepted values.
    #[schema(example = "is required")]
    pub message: String,
}

/// The kind of a problem. The meaning of a kind never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = "urn:rollcall:problem:not-found")]
pub enum ProblemType {
    /// The path, the query or the body is malformed.
    #[serde(rename = "urn:rollcall:problem:malformed-request")]
    MalformedRequest,
    /// Fields of the body are invalid; `errors` lists them.
    #[serde(rename = "urn:rollcall:problem:invalid-fields")]
    InvalidFields,
    /// Credentials are missing or wrong.
    #[serde(rename = "urn:rollcall:problem:unauthenticated")]
    Unauthenticated,
    /// The user lacks permission.
    #[serde(rename = "urn:rollcall:problem:forbidden")]
    Forbidden,
    /// The current password does not match.
    #[serde(rename = "urn:rollcall:problem:wrong-current-password")]
    WrongCurrentPassword,
    /// There is no such user, session or path.
    #[serde(rename = "urn:rollcall:problem:not-found")]
    NotFound,
    /// The path does not support this method; `Allow` lists the supported ones.
    #[serde(rename = "urn:rollcall:problem:method-not-allowed")]
    MethodNotAllowed,
    /// Another user has this name.
    #[serde(rename = "urn:rollcall:problem:name-taken")]
    NameTaken,
    /// Another user has a name that looks like this one.
    #[serde(rename = "urn:rollcall:problem:name-confusable")]
    NameConfusable,
    /// Another user has this email address.
    #[serde(rename = "urn:rollcall:problem:email-taken")]
    EmailTaken,
    /// No enabled admin would remain.
    #[serde(rename = "urn:rollcall:problem:last-admin")]
    LastAdmin,
    /// The user's version does not satisfy `If-Match` or `If-None-Match`.
    #[serde(rename = "urn:rollcall:problem:version-mismatch")]
    VersionMismatch,
    /// Too many log-in attempts, registrations or changes; `Retry-After` has the wait in seconds.
    #[serde(rename = "urn:rollcall:problem:too-many-attempts")]
    TooManyAttempts,
    /// The body exceeds the size limit.
    #[serde(rename = "urn:rollcall:problem:body-too-large")]
    BodyTooLarge,
    /// The body did not arrive in time.
    #[serde(rename = "urn:rollcall:problem:body-too-slow")]
    BodyTooSlow,
    /// The content type of the body is not supported.
    #[serde(rename = "urn:rollcall:problem:unsupported-media-type")]
    UnsupportedMediaType,
    /// The server failed.
    #[serde(rename = "urn:rollcall:problem:internal")]
    Internal,
    /// The server is unavailable; `Retry-After` has the wait in seconds.
    #[serde(rename = "urn:rollcall:problem:unavailable")]
    Unavailable,
}
