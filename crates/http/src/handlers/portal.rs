//! Handlers of the portal set.

use actix_web::{HttpResponse, http::StatusCode};
use rollcall_api_spec::{
    EndpointSet,
    portal::{PortalPasswordChange, PortalUser, PortalUserCreate, PortalUserList, PortalUserValue},
};
use rollcall_domain::{
    Action, NameKey, NewUser, Password, PasswordChange, PresentedPassword, User, UserChange,
    UserOrder, UserRef, Username,
};

use crate::{
    error::ApiError,
    handlers::list::{self, ListFormat},
    request::{
        ApiRequest,
        body::fields::{FieldErrors, PORTAL_FIELDS},
        conditions,
    },
    response::versioned::{shown, versioned},
};

const LIST: ListFormat<PortalUser, PortalUserList> = ListFormat {
    order: UserOrder::Name,
    every: |users, caller, each| {
        users.list_names(caller, &mut |user| {
            each(PortalUser { admin: user.is_admin, username: user.name.into_string() })
        })
    },
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
    Ok(shown(EndpointSet::Portal, call.request(), user, portal_user))
}

pub(crate) async fn create_user(mut call: ApiRequest) -> Result<HttpResponse, ApiError> {
    let mut caller = call.authenticate().await?;
    caller.may(Action::Create, None)?;
    let name = Username::parse_new(call.path_parameter())
        .map_err(|reason| ApiError::Malformed(format!("Username {reason}")))?;
    let password = first_password(call.json_from::<PortalUserCreate>(&mut caller).await?)?;
    let (origin, new) = (call.origin(), NewUser::named(name, password));
    let condition = conditions::preconditions(EndpointSet::Portal, call.request().headers());
    let made = call.run(move |users| users.create(&origin, &caller, new, &condition));
    Ok(value(StatusCode::CREATED, made.await?))
}

pub(crate) async fn update_password(mut call: ApiRequest) -> Result<HttpResponse, ApiError> {
    let mut caller = call.authenticate().await?;
    let target = named(&call);
    caller.may(Action::Update, Some(&target))?;
    let change = call.patch_from::<PortalPasswordChange>(&mut caller).await?;
    let password = Some(password_change(change, caller.is(&target))?);
    let condition = conditions::preconditions(EndpointSet::Portal, call.request().headers());
    let change = UserChange { condition, password, ..UserChange::default() };
    let user = call.update(caller, target, change).await?;
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
    UserRef::Name(NameKey::of(call.path_parameter()))
}

/// The password of a new user.
///
/// # Errors
/// [`ApiError::Invalid`] with every invalid field.
pub fn first_password(body: PortalUserCreate) -> Result<Password, ApiError> {
    let value = body.value.unwrap_or_default();
    let mut fields = FieldErrors::of(PORTAL_FIELDS, &value);
    let password = fields.password("Password", value.password);
    fields.finish(password)
}

/// A change of a password, one's own or another user's.
///
/// # Errors
/// [`ApiError::Invalid`] with every invalid field.
pub fn password_change(
    body: PortalPasswordChange,
    is_own: bool,
) -> Result<PasswordChange, ApiError> {
    let value = body.value.unwrap_or_default();
    let mut fields = FieldErrors::of(PORTAL_FIELDS, &value);
    let mut current = value.current_password;
    if is_own {
        current = fields.required("CurrentPassword", current);
    }
    let password = fields.password("Password", value.password);
    let new = fields.finish(password)?;
    let current = current.map(|text| PresentedPassword::new(text.into_inner()));
    Ok(PasswordChange { new, current, own_needs_current: true })
}

/// An answer to a write that shows the user after it.
fn value(status: StatusCode, user: User) -> HttpResponse {
    let mut response = versioned(EndpointSet::Portal, status, user.revision());
    response.json(PortalUserValue { value: portal_user(user) })
}

fn portal_user(user: User) -> PortalUser {
    PortalUser { admin: user.roles.include_admin(), username: user.name.into_string() }
}
