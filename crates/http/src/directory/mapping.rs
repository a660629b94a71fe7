//! Converts between the directory set's API types and the domain's.

use rollcall_api_spec::{
    PasswordText,
    directory::{Role, User as WireUser, UserChange, UserRegistration, UserStatus},
    violations,
};
use rollcall_domain::{
    Email, Password, PasswordPatch, Preconditions, PresentedPassword, Registrant, RoleName, Roles,
    Status, User, UserPatch, Username,
};

use crate::error::{ApiError, InvalidField, parse_password};

/// Converts a user. Destructures it, so that a new field forces a decision here.
pub(super) fn wire_user(user: User) -> WireUser {
    let User { id, version, create_time, name, email, status, roles } = user;
    WireUser {
        id: id.0,
        version: version.0,
        create_time,
        name: name.into_string(),
        email: email.map(Email::into_string),
        status: match status {
            Status::Enabled => UserStatus::Enabled,
            Status::Disabled => UserStatus::Disabled,
        },
        roles: roles.iter().map(|role| Role { name: role.to_string() }).collect(),
    }
}

/// Parses a registration, or returns all its errors.
pub(crate) fn registrant(registration: UserRegistration) -> Result<Registrant, ApiError> {
    let info = registration.user_info.unwrap_or_default();
    let mut fields = FieldErrors::new(violations(&info));
    let name = fields.parse("name", info.name, |text| Username::parse_new(&text));
    let email = fields.parse("email", info.email, |text| Email::parse(&text));
    let password = fields.password(info.plaintext_password);
    match (name, email, password) {
        (Some(name), email @ Some(_), Some(password)) if fields.invalid.is_empty() => {
            Ok(Registrant { name, email, password })
        }
        _ => Err(fields.refusal("userInfo")),
    }
}

/// Parses a change, or returns all its errors.
pub(crate) fn patch(change: UserChange, condition: Preconditions) -> Result<UserPatch, ApiError> {
    let (info, envelope) =
        change.into_info().map_err(|reason| ApiError::Malformed(reason.to_owned()))?;
    let mut fields = FieldErrors::new(violations(&info));
    let name = fields.parse("name", info.name, |text| Username::parse(&text));
    let email = fields.parse("email", info.email, |text| match text.as_str() {
        "" => Ok(None),
        text => Email::parse(text).map(Some),
    });
    let roles = fields.parse("roles", info.roles, |roles| {
        let names: Result<Vec<_>, _> =
            roles.iter().map(|role| RoleName::parse(&role.name)).collect();
        Roles::new(names?)
    });
    let status = info.status.map(|status| match status {
        UserStatus::Enabled => Status::Enabled,
        UserStatus::Disabled => Status::Disabled,
    });
    let current = info.current_plaintext_password;
    let current = current.map(|it| PresentedPassword::new(it.into_inner()));
    let password = fields.password(info.plaintext_password).map(|new| PasswordPatch {
        new,
        current,
        own_needs_current: false,
    });
    if fields.invalid.is_empty() {
        Ok(UserPatch { condition, name, email, status, roles, password })
    } else {
        Err(fields.refusal(envelope))
    }
}

/// Parses fields and collects their errors.
struct FieldErrors {
    invalid: Vec<InvalidField>,
}

impl FieldErrors {
    fn new(violations: Vec<rollcall_api_spec::Violation>) -> Self {
        Self { invalid: violations.into_iter().map(Into::into).collect() }
    }

    fn parse<T, U, E: ToString>(
        &mut self,
        field: &'static str,
        value: Option<T>,
        parse: impl FnOnce(T) -> Result<U, E>,
    ) -> Option<U> {
        parse(value?).map_err(|reason| self.invalid.push(InvalidField::new(field, &reason))).ok()
    }

    /// All errors in an envelope, ordered by field.
    fn refusal(mut self, within: &'static str) -> ApiError {
        self.invalid.sort_by(|left, right| left.field.cmp(&right.field));
        ApiError::Invalid { within, fields: self.invalid }
    }

    fn password(&mut self, text: Option<PasswordText>) -> Option<Password> {
        parse_password("plaintext_password", text, &mut self.invalid)
    }
}
