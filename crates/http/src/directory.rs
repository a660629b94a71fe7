//! Handlers of the directory set.

pub(crate) mod mapping;

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use rollcall_api_spec::{
    EndpointSet,
    directory::{
        User as WireUser, UserChange, UserEnvelope, UserList, UserListEnvelope, UserRegistration,
    },
};
use rollcall_domain::{Action, Caller, LARGEST_NUMBER, User, UserId, UserOrder, UserRef};

use crate::{
    api_request::ApiRequest,
    conditions,
    error::ApiError,
    list::{self, ListFormat},
    reference,
    versioned::{shown, versioned},
};

const LIST: ListFormat<WireUser, UserListEnvelope> = ListFormat {
    order: UserOrder::Id,
    head: "{\"userList\":{\"users\":[",
    item: mapping::wire_user,
    tail: "]}}",
    page: |users, next_page_token| {
        let user_list = UserList { users, next_page_token };
        UserListEnvelope { user_list }
    },
};

pub(crate) async fn list_users(mut call: ApiRequest) -> Result<HttpResponse, ApiError> {
    let caller = call.authenticate().await?;
    list::respond(&call, caller, LIST).await
}

pub(crate) async fn create_user(mut call: ApiRequest) -> Result<HttpResponse, ApiError> {
    let registering = call.users().registering();
    let mut caller = call.authenticate().await?;
    caller.may(registering, None)?;
    let registration = call.json_from::<UserRegistration>(&mut caller).await?;
    let registrant = mapping::registrant(registration)?;
    let origin = call.origin();
    let user = call.run(move |users| users.register(&origin, &caller, registrant)).await?;
    let mut response = versioned(EndpointSet::Directory, StatusCode::CREATED, user.revision());
    response.insert_header((header::LOCATION, reference::below(call.request(), user.id)));
    Ok(response.json(envelope(user)))
}

pub(crate) async fn get_user(mut call: ApiRequest) -> Result<HttpResponse, ApiError> {
    let caller = call.authenticate().await?;
    let target = with_id(&caller, &call.path_parameter(), Action::Read)?;
    let user = call.get(caller, target).await?;
    Ok(shown(EndpointSet::Directory, call.request(), user.revision(), || envelope(user)))
}

pub(crate) async fn update_user(mut call: ApiRequest) -> Result<HttpResponse, ApiError> {
    let mut caller = call.authenticate().await?;
    let target = with_id(&caller, &call.path_parameter(), Action::Update)?;
    let change = call.patch_from::<UserChange>(&mut caller).await?;
    let condition = conditions::preconditions(EndpointSet::Directory, call.request().headers());
    let patch = mapping::patch(change, condition)?;
    let origin = call.origin();
    let user = call.run(move |users| users.update(&origin, &caller, &target, patch)).await?;
    let mut response = versioned(EndpointSet::Directory, StatusCode::OK, user.revision());
    Ok(response.json(envelope(user)))
}

/// The user that the path means by `text`, if `caller` may do `action` to it. An anonymous caller
/// does not learn even that the path is malformed.
pub(crate) fn with_id(caller: &Caller, text: &str, action: Action) -> Result<UserRef, ApiError> {
    if let Caller::Anonymous = caller {
        caller.may(action, None)?;
    }
    // A larger one is as unknown as any other that no user has: 404, or 403 to non-admins.
    let id = id(text).ok_or_else(|| no_id("userId", LARGEST_NUMBER))?;
    let target = UserRef::Id(UserId(id));
    caller.may(action, Some(&target))?;
    Ok(target)
}

/// The id that the parameter `name` of the path says, from 1 to `highest`.
pub(crate) fn whole_number(name: &str, text: &str, highest: i64) -> Result<i64, ApiError> {
    id(text).filter(|id| *id <= highest).ok_or_else(|| no_id(name, highest))
}

/// The id that a text is, in the one way of writing it.
fn id(text: &str) -> Option<i64> {
    text.parse().ok().filter(|id: &i64| *id >= 1 && id.to_string() == text)
}

fn no_id(name: &str, highest: i64) -> ApiError {
    ApiError::Malformed(format!("{name} must be a whole number from 1 to {highest}"))
}

fn envelope(user: User) -> UserEnvelope {
    UserEnvelope { user: mapping::wire_user(user) }
}
