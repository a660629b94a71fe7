//! The problem that each error is reported as.

use rollcall_api_spec::{EndpointSet, FieldError, Problem, ProblemType};
use rollcall_domain::{
    PasswordFlaw, SignatureFlaw, StoreError, UniqueField, UserError,
    key::{KeyMember, KeyRefusal},
};

use crate::{
    error::{ApiError, FieldRule, InvalidField, MAX_BODY_BYTES},
    request::body::fields::PORTAL_FIELDS,
};

/// The problem that an answer in `set` reports. The portal set shows its detail alone.
pub(super) fn problem(error: &ApiError, set: EndpointSet) -> Problem {
    let kind = match error {
        ApiError::User(error) => return user_problem(error, set),
        ApiError::Invalid(fields) => return invalid(fields, set),
        ApiError::Credentials(detail) => return ProblemType::Unauthenticated.with_detail(*detail),
        ApiError::Malformed(detail) => return ProblemType::MalformedRequest.with_detail(detail),
        ApiError::UnknownPath => ProblemType::UnknownPath,
        ApiError::MethodNotAllowed { allow } => {
            let detail = format!("The path does not support this method; accepted are {allow}");
            return ProblemType::MethodNotAllowed.with_detail(detail);
        }
        ApiError::BodyTooLarge => {
            const { assert!(MAX_BODY_BYTES == 65_536, "the table of problems says so") };
            ProblemType::BodyTooLarge
        }
        ApiError::BodyTooSlow(timeout) => {
            let detail = format!("The body must arrive within {} seconds", timeout.as_secs());
            return ProblemType::BodyTooSlow.with_detail(detail);
        }
        ApiError::UnsupportedMediaType => ProblemType::UnsupportedMediaType,
        ApiError::Stopping | ApiError::TooManyConnections => ProblemType::Unavailable,
    };
    kind.with_detail(kind.text(set))
}

fn user_problem(error: &UserError, set: EndpointSet) -> Problem {
    let is_portal = set == EndpointSet::Portal;
    let kind = match error {
        UserError::Unauthenticated => ProblemType::Unauthenticated,
        UserError::Forbidden => ProblemType::Forbidden,
        UserError::NotFound => ProblemType::NotFound,
        UserError::NoSuchSession => ProblemType::NoSuchSession,
        UserError::NoSuchKey => ProblemType::NoSuchKey,
        UserError::Key(refusal) => {
            return ProblemType::InsufficientScope.with_detail(key_text(*refusal, set));
        }
        UserError::KeyExpired => return expired_key(set),
        UserError::TooManyKeys => ProblemType::TooManyKeys,
        UserError::UserDisabled => ProblemType::UserDisabled,
        UserError::NoSuchResetCode => ProblemType::NoSuchResetCode,
        UserError::OwnResetCode => ProblemType::OwnResetCode,
        UserError::Refused(refusal) => return user_problem(&refusal.error, set),
        UserError::Signature(flaw) => return signature_problem(flaw),
        UserError::Duplicate(UniqueField::Name) => ProblemType::NameTaken,
        UserError::Duplicate(UniqueField::Email) => ProblemType::EmailTaken,
        UserError::NameConfusable => ProblemType::NameConfusable,
        UserError::MixedScripts(flaw) => return invalid_name(flaw.to_string(), set),
        UserError::InvalidName(flaw) => return invalid_name(flaw.to_string(), set),
        UserError::LastAdmin => ProblemType::LastAdmin,
        UserError::VersionMismatch => ProblemType::VersionMismatch,
        UserError::CurrentPasswordMismatch => ProblemType::WrongCurrentPassword,
        UserError::CurrentPasswordRequired => {
            let field = if is_portal { "CurrentPassword" } else { "currentPlaintextPassword" };
            return invalid_field(field, FieldRule::Required, set);
        }
        UserError::PasswordIsName => {
            let field = if is_portal { "Password" } else { "plaintextPassword" };
            return invalid_field(field, FieldRule::Password(PasswordFlaw::Name), set);
        }
        UserError::TooManyAttempts(_) => ProblemType::TooManyAttempts,
        UserError::Overloaded(_) | UserError::Store(StoreError::Unavailable(_)) => {
            ProblemType::Unavailable
        }
        UserError::Store(StoreError::Internal(_))
        | UserError::Hashing(_)
        | UserError::Randomness(_) => ProblemType::InternalError,
    };
    kind.with_detail(kind.text(set))
}

/// What a key does not permit, with the member as requests of the set spell it.
fn key_text(refusal: KeyRefusal, set: EndpointSet) -> String {
    let KeyRefusal::Member(member) = refusal else { return refusal.to_string() };
    if set == EndpointSet::Portal {
        // A change there is of the password alone.
        return KeyRefusal::Never.to_string();
    }
    KeyMember::refusal(match member {
        KeyMember::Password => "plaintextPassword",
        KeyMember::CurrentPassword => "currentPlaintextPassword",
        KeyMember::Roles => "roles",
    })
}

fn signature_problem(flaw: &SignatureFlaw) -> Problem {
    match flaw {
        SignatureFlaw::Forgotten { .. } => ProblemType::ForgottenSignature.problem(),
        SignatureFlaw::Used => ProblemType::UsedSignature.problem(),
        SignatureFlaw::Timestamp { max_age, max_ahead } => ProblemType::Unauthenticated
            .with_detail(format!(
                "The timestamp must be in ISO 8601, such as 2017-05-04T16:24:00.535Z, at most {} s \
                 old and at most {} s ahead. Without a zone it is UTC.",
                max_age.as_secs(),
                max_ahead.as_secs()
            )),
    }
}

/// The expiry of a new key, which only the directory set has.
fn expired_key(set: EndpointSet) -> Problem {
    let rule = FieldRule::Other("must be in the future".to_owned());
    invalid(&[InvalidField { path: "keyInfo.expireTime".to_owned(), rule }], set)
}

/// In the portal set the name is in the path, and not in the body.
fn invalid_name(reason: String, set: EndpointSet) -> Problem {
    match set {
        EndpointSet::Portal => {
            ProblemType::MalformedRequest.with_detail(format!("Username {reason}"))
        }
        EndpointSet::Directory => invalid_field("name", FieldRule::Other(reason), set),
    }
}

fn invalid_field(field: &str, rule: FieldRule, set: EndpointSet) -> Problem {
    let envelope = if set == EndpointSet::Portal { PORTAL_FIELDS } else { "userInfo" };
    invalid(&[InvalidField { path: format!("{envelope}.{field}"), rule }], set)
}

fn invalid(fields: &[InvalidField], set: EndpointSet) -> Problem {
    match set {
        EndpointSet::Portal => {
            let lines: Vec<_> = fields.iter().map(portal_line).collect();
            ProblemType::InvalidFields.with_detail(lines.join("\n"))
        }
        EndpointSet::Directory => {
            let error = |InvalidField { path, rule }: &InvalidField| FieldError {
                field: path.clone(),
                message: rule.message(),
            };
            Problem::of_fields(fields.iter().map(error).collect())
        }
    }
}

/// One invalid field in the words of the source document.
fn portal_line(InvalidField { path, rule }: &InvalidField) -> String {
    let field = path.rsplit('.').next().unwrap_or_default();
    let tag = rule.portal_tag();
    format!("Key: '{path}' Error:Field validation for '{field}' failed on the '{tag}' tag")
}
