//! Errors of the directory set, and of everything outside both sets: RFC 9457.

use serde::Serialize;
use utoipa::ToSchema;

/// What is wrong, as RFC 9457 describes it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "type": "urn:rollcall:problem:not-found",
    "title": "Not Found",
    "status": 404,
    "detail": "There is no such user"
}))]
pub struct Problem {
    /// What kind of problem it is, for programs.
    #[serde(rename = "type")]
    pub kind: ProblemType,
    /// The status in words.
    pub title: String,
    /// The status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What is wrong this time, for people.
    pub detail: String,
    /// What is wrong with which field, when the request body is not valid.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<FieldError>,
}

/// What is wrong with a field of the request body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// The field, from the body's top, such as `userInfo.name`.
    #[schema(example = "userInfo.name")]
    pub field: String,
    /// What is accepted there.
    #[schema(example = "is required")]
    pub message: String,
}

/// The kinds of problems. A kind never changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = "urn:rollcall:problem:not-found")]
pub enum ProblemType {
    /// The request can't be read: its path, or the form of its body.
    #[serde(rename = "urn:rollcall:problem:malformed-request")]
    MalformedRequest,
    /// Fields of the body break a rule; `errors` says which.
    #[serde(rename = "urn:rollcall:problem:invalid-fields")]
    InvalidFields,
    /// Credentials are missing or wrong.
    #[serde(rename = "urn:rollcall:problem:unauthenticated")]
    Unauthenticated,
    /// The caller may not do this.
    #[serde(rename = "urn:rollcall:problem:forbidden")]
    Forbidden,
    /// The current password does not match.
    #[serde(rename = "urn:rollcall:problem:wrong-current-password")]
    WrongCurrentPassword,
    /// There is no such user, or no such path.
    #[serde(rename = "urn:rollcall:problem:not-found")]
    NotFound,
    /// The path does not take this method; `Allow` says which ones.
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
    /// Nobody could manage the users any more.
    #[serde(rename = "urn:rollcall:problem:last-admin")]
    LastAdmin,
    /// The user's version does not satisfy `If-Match` or `If-None-Match`.
    #[serde(rename = "urn:rollcall:problem:version-mismatch")]
    VersionMismatch,
    /// Too many passwords were guessed, users registered, or changes made; `Retry-After` says when
    /// to try again.
    #[serde(rename = "urn:rollcall:problem:too-many-attempts")]
    TooManyAttempts,
    /// The body is larger than accepted.
    #[serde(rename = "urn:rollcall:problem:body-too-large")]
    BodyTooLarge,
    /// The body did not come in time.
    #[serde(rename = "urn:rollcall:problem:body-too-slow")]
    BodyTooSlow,
    /// The body is not JSON by its content type.
    #[serde(rename = "urn:rollcall:problem:unsupported-media-type")]
    UnsupportedMediaType,
    /// The service failed.
    #[serde(rename = "urn:rollcall:problem:internal")]
    Internal,
    /// The service can't answer now; `Retry-After` says when to ask again.
    #[serde(rename = "urn:rollcall:problem:unavailable")]
    Unavailable,
}
