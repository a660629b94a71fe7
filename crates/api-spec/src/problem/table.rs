//! The table of problems. The document, the handlers and the socket layer take each code, status,
//! title and text from here.

/// The properties that every problem of one type has in common.
#[derive(Clone, Copy, Debug)]
pub struct ProblemKind {
    /// The end of the URN, or nothing for `about:blank`.
    pub code: &'static str,
    /// The HTTP status code.
    pub status: u16,
    /// The reason phrase of the status.
    pub title: &'static str,
    /// The explanation for people, unless the occurrence has one of its own.
    pub text: &'static str,
    /// The text of the portal set, if its words differ.
    pub portal_text: Option<&'static str>,
    /// The response in the document, if many operations share it.
    pub(crate) shared: Option<SharedResponse>,
}

/// A response that many operations share.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SharedResponse {
    /// The meaning of the response.
    pub(crate) description: &'static str,
    /// The name and the meaning of a header that only this response has.
    pub(crate) header: Option<(&'static str, &'static str)>,
}

impl ProblemKind {
    const fn in_portal(self, text: &'static str) -> Self {
        Self { portal_text: Some(text), ..self }
    }

    const fn shared(self, description: &'static str) -> Self {
        Self { shared: Some(SharedResponse { description, header: None }), ..self }
    }

    const fn shared_with(
        self,
        description: &'static str,
        header: (&'static str, &'static str),
    ) -> Self {
        Self { shared: Some(SharedResponse { description, header: Some(header) }), ..self }
    }
}

/// Defines the types of problems. A row has the type, its code, status, title and text.
macro_rules! problems {
    ($($name:ident $code:literal $status:literal $title:literal
        $text:literal $(, $more:ident($($words:expr),*))*;)*) => {
        /// The type of a problem. Types with the same code are one to clients. Types without a code
        /// are explained by their status alone.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ProblemType {
            $(#[doc = $text] $name,)*
        }

        impl ProblemType {
            /// Every type, in the order of the document. Types with the same code are neighbours.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The row of the table.
            #[must_use]
            pub const fn kind(self) -> ProblemKind {
                match self {
                    $(Self::$name => ProblemKind {
                        code: $code,
                        status: $status,
                        title: $title,
                        text: $text,
                        portal_text: None,
                        shared: None,
                    }$(.$more($($words),*))*,)*
                }
            }
        }
    };
}

problems! {
    MalformedRequest "malformed-request" 400 "Bad Request" "The request is malformed";
    InvalidHttp "malformed-request" 400 "Bad Request" "The request is not valid HTTP/1.1";
    InvalidHost "malformed-request" 400 "Bad Request"
        "A request must have exactly one Host field";
    InvalidFields "invalid-fields" 400 "Bad Request" "The request body is invalid";
    Unauthenticated "unauthenticated" 401 "Unauthorized" "Credentials are missing or wrong",
        shared_with(
            "Credentials are missing or wrong",
            ("WWW-Authenticate", "The challenge for HTTP Basic credentials")
        );
    UsedSignature "unauthenticated" 401 "Unauthorized"
        "The signature was already used, or is older than the oldest signature still remembered. \
        Sign each request again, with the current time.";
    Forbidden "forbidden" 403 "Forbidden" "Permission denied",
        shared(
            "The user lacks permission, the API key lacks the scope, or the current password does \
            not match"
        );
    OwnResetCode "forbidden" 403 "Forbidden"
        "A session does not create a reset code for its own user; HTTP Basic credentials do";
    WrongCurrentPassword "wrong-current-password" 403 "Forbidden"
        "Current password does not match";
    InsufficientScope "insufficient-scope" 403 "Forbidden"
        "The API key does not permit this";
    NotFound "not-found" 404 "Not Found" "There is no such user",
        shared("There is no such user. Non-admins get 403 instead.");
    NoSuchSession "not-found" 404 "Not Found" "There is no such session";
    NoSuchKey "not-found" 404 "Not Found" "There is no such API key";
    NoSuchResetCode "not-found" 404 "Not Found"
        "The reset code is unknown, used or expired; ask for a new one";
    UnknownPath "not-found" 404 "Not Found" "No resource has this path";
    MethodNotAllowed "method-not-allowed" 405 "Method Not Allowed"
        "The path does not support this method";
    NameTaken "name-taken" 409 "Conflict" "Another user has this name",
        in_portal("Username already existed");
    NameConfusable "name-confusable" 409 "Conflict"
        "Another user has a name that looks like this one",
        in_portal("Username already existed");
    EmailTaken "email-taken" 409 "Conflict" "Another user has this email address";
    TooManyKeys "too-many-keys" 409 "Conflict"
        "The user has 100 API keys, the maximum; end one first";
    UserDisabled "user-disabled" 409 "Conflict" "The user is disabled; enable the user first";
    LastAdmin "last-admin" 409 "Conflict"
        "The last enabled admin cannot be deleted, disabled or demoted";
    VersionMismatch "version-mismatch" 412 "Precondition Failed"
        "The user's version does not satisfy If-Match or If-None-Match",
        in_portal("Version does not match");
    TooManyAttempts "too-many-attempts" 429 "Too Many Requests"
        "Too many attempts; try again later",
        shared_with(
            "Too many log-in attempts, reset codes, registrations or changes",
            ("Retry-After", "The seconds to wait before the next attempt")
        );
    BodyTooLarge "body-too-large" 413 "Payload Too Large" "The body must be at most 65536 bytes",
        shared("The body is larger than 64 KiB");
    BodyTooSlow "body-too-slow" 408 "Request Timeout" "The body must arrive within 10 seconds",
        shared("The body did not arrive in time");
    UnsupportedMediaType "unsupported-media-type" 415 "Unsupported Media Type"
        "The content type must be application/json, or for PATCH application/merge-patch+json, \
        without a content encoding",
        shared_with(
            "The content type or content encoding of the body is not supported. Accepted are \
            `application/json` and, for PATCH, `application/merge-patch+json`, without an \
            encoding.",
            ("Accept-Patch", "The accepted content types; only after a PATCH")
        );
    InternalError "internal" 500 "Internal Server Error" "The server failed",
        shared("The server failed. Its log has the reason under the `X-Request-Id`.");
    Unavailable "unavailable" 503 "Service Unavailable"
        "The server is unavailable; try again later",
        shared_with(
            "The server is unavailable or overloaded",
            ("Retry-After", "The seconds to wait before the next request")
        );
    ForgottenSignature "unavailable" 503 "Service Unavailable"
        "This signature may have been used before. Sign the request again, with the current time, \
        after the seconds in Retry-After.";
    HeadTooSlow "" 408 "Request Timeout" "The request line and header fields must arrive in time";
    TargetTooLong "" 414 "URI Too Long" "The request target is too long";
    HeadTooLarge "" 431 "Request Header Fields Too Large"
        "The request line and header fields must be at most 128 KiB";
}
