//! Handlers of the portal set.

use actix_web::{HttpResponse, http::StatusCode};
use rollcall_api_spec::{
    EndpointSet, PasswordText,
    portal::{PortalPasswordChange, PortalUser, PortalUserCreate, PortalUserList, PortalUserValue},
    violations,
};
use rollcall_domain::{
    Action, NameKey, Password, PasswordPatch, PresentedPassword, Registrant, Roles, User,
    UserOrder, UserPatch, UserRef, Username,
};

use crate::{
    api_request::ApiRequest,
    conditions,
    error::{ApiError, Flaw, InvalidField, parse_password},
    list::{self, ListFormat},
    versioned::{shown, versioned},
};

const LIST: ListFormat<PortalUser, PortalUserList> = ListFormat {
    order: UserOrder::Name,
    head: "{\"value\":[",
    item: portal_user,
    tail: "]}",
    page: |value, next_page_token| PortalUserList { value, next_page_token },
};

pub(crate) async fn list_users(mut call: ApiRequest) -> Result<HttpResponse, ApiError> {
    let caller = call.authenticate().await?;
    list::respond(&call, caller, LIST).await
}

pub(crate) async fn get_user(mut call: ApiRequest) -> Result<HttpResponse, ApiError> {
    let caller = call.authenticate().await?;
    let target = named(&call);
    let user = call.get(caller, target).await?;
    Ok(shown(EndpointSet::Portal, call.request(), user.revision(), || portal_user(user)))
}

pub(crate) async fn create_user(mut call: ApiRequest) -> Result<HttpResponse, ApiError> {
    let mut caller = call.authenticate().await?;
    caller.may(Action::Create, None)?;
    let name = Username::parse_new(&call.path_parameter())
        .map_err(|reason| ApiError::Malformed(format!("Username {reason}")))?;
    let password = first_password(call.json_from::<PortalUserCreate>(&mut caller).await?)?;
    let registrant = Registrant { name, email: None, password };
    let (origin, roles) = (call.origin(), Roles::default());
    let condition = conditions::preconditions(EndpointSet::Portal, call.request().headers());
    let made = call.run(move |users| users.create(&origin, &caller, registrant, roles, &condition));
    Ok(value(StatusCode::CREATED, made.await?))
}

pub(crate) async fn update_password(mut call: ApiRequest) -> Result<HttpResponse, ApiError> {
    let mut caller = call.authenticate().await?;
    let target = named(&call);
    caller.may(Action::Update, Some(&target))?;
    let change = call.patch_from::<PortalPasswordChange>(&mut caller).await?;
    let password = Some(password_patch(change, caller.is(&target))?);
    let condition = conditions::preconditions(EndpointSet::Portal, call.request().headers());
    let patch = UserPatch { condition, password, ..UserPatch::default() };
    let origin = call.origin();
    let user = call.run(move |users| users.update(&origin, &caller, &target, patch)).await?;
    Ok(value(StatusCode::OK, user))
}

pub(crate) async fn delete_user(mut call: ApiRequest) -> Result<HttpResponse, ApiError> {
    let caller = call.authenticate().await?;
    let target = named(&call);
    let origin = call.origin();
    let condition = conditions::preconditions(EndpointSet::Portal, call.request().headers());
    call.run(move |users| users.delete(&origin, &caller, &target, &condition)).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn named(call: &ApiRequest) -> UserRef {
    UserRef::Name(NameKey::of(&call.path_parameter()))
}

/// The password of a new user, or everything that is wrong with it.
pub(crate) fn first_password(body: PortalUserCreate) -> Result<Password, ApiError> {
    let value = body.value.unwrap_or_default();
    let invalid = violations(&value).into_iter().map(Into::into).collect();
    new_password(value.password, invalid)
}

/// A change of a password, one's own or another user's, or everything that is wrong with it.
pub(crate) fn password_patch(
    body: PortalPasswordChange,
    is_own: bool,
) -> Result<PasswordPatch, ApiError> {
    let value = body.value.unwrap_or_default();
    let mut invalid = Vec::new();
    if value.current_password.is_none() && is_own {
        let field = "current_password".into();
        invalid.push(InvalidField { field, flaw: Flaw::Required });
    }
    invalid.extend(violations(&value).into_iter().map(InvalidField::from));
    let new = new_password(value.password, invalid)?;
    let current = value.current_password.map(|it| PresentedPassword::new(it.into_inner()));
    Ok(PasswordPatch { new, current, own_needs_current: true })
}

/// The new password, unless it or another field, already known as `invalid`, breaks a rule.
fn new_password(
    text: Option<PasswordText>,
    mut invalid: Vec<InvalidField>,
) -> Result<Password, ApiError> {
    match parse_password("password", text, &mut invalid) {
        Some(password) if invalid.is_empty() => Ok(password),
        _ => Err(ApiError::Invalid { within: "value", fields: invalid }),
    }
}

/// An answer to a write that shows the user after it.
fn value(status: StatusCode, user: User) -> HttpResponse {
    let mut response = versioned(EndpointSet::Portal, status, user.revision());
    response.json(PortalUserValue { value: portal_user(user) })
}

fn portal_user(user: User) -> PortalUser {
    PortalUser { admin: user.roles.include_admin(), username: user.name.into_string() }
}
