//! Converts between the directory set's API types and the domain's.

use rollcall_api_spec::directory::{
    Role, User as WireUser, UserChange as WireChange, UserRegistration, UserStatus,
};
use rollcall_domain::{
    Email, NewUser, Password, PasswordChange, Preconditions, PresentedPassword, RoleName, Roles,
    RolesChange, User, UserChange, Username,
};

use crate::{error::ApiError, request::body::fields::FieldErrors};

/// Converts a user. Destructures it, so that a new field forces a decision here.
pub(super) fn wire_user(user: User) -> WireUser {
    let User { id, version, create_time, name, email, status, roles } = user;
    WireUser {
        id: id.0,
        version: version.0,
        create_time,
        name: name.into_string(),
        email: email.map(Email::into_string),
        status: UserStatus(status),
        roles: roles.iter().map(|role| Role { name: role.to_string() }).collect(),
    }
}

/// Parses a registration.
///
/// # Errors
/// [`ApiError::Invalid`] with every invalid field.
pub fn new_user(registration: UserRegistration) -> Result<NewUser<Password>, ApiError> {
    let info = registration.user_info.unwrap_or_default();
    let mut fields = FieldErrors::of("userInfo", &info);
    let name = fields.parse("name", info.name, |text| Username::parse_new(&text));
    let email = fields.parse("email", info.email, |text| Email::parse(&text));
    let password = fields.password("plaintextPassword", info.plaintext_password);
    let (name, password) = fields.finish(name.zip(password))?;
    Ok(NewUser { email, ..NewUser::named(name, password) })
}

/// Parses a change.
///
/// # Errors
/// [`ApiError::Invalid`] with every invalid field, or [`ApiError::Malformed`].
pub fn change(
    change: WireChange,
    condition: Preconditions,
) -> Result<UserChange<PasswordChange>, ApiError> {
    let (info, envelope) =
        change.into_info().map_err(|reason| ApiError::Malformed(reason.to_owned()))?;
    let mut fields = FieldErrors::within(envelope);
    let name = fields.parse("name", info.name, |text| Username::parse(&text));
    let email = fields.parse("email", info.email, |text| match text.as_str() {
        "" => Ok(None),
        text => Email::parse(text).map(Some),
    });
    let roles = info.roles.and_then(|list| roles(&mut fields, &list)).map(RolesChange::Replace);
    let status = info.status.map(|UserStatus(status)| status);
    let current = info.current_plaintext_password;
    let current = current.map(|text| PresentedPassword::new(text.into_inner()));
    let password = fields.password("plaintextPassword", info.plaintext_password);
    let password = password.map(|new| PasswordChange { new, current, own_needs_current: false });
    fields.finish(Some(UserChange { condition, name, email, status, roles, password }))
}

/// The roles of a list. Of several invalid names only the first is an error.
fn roles(fields: &mut FieldErrors, list: &[Role]) -> Option<Roles> {
    let mut names = Vec::new();
    for (index, role) in list.iter().enumerate() {
        let field = format!("roles[{index}].name");
        names.push(fields.parse(&field, Some(&*role.name), RoleName::parse)?);
    }
    fields.parse("roles", Some(names), Roles::new)
}
