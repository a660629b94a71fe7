//! Handlers of the directory set.

pub(crate) mod mapping;

use actix_web::{
    HttpResponse,
    http::{StatusCode, header, header::HeaderValue},
};
use rollcall_api_spec::{
    EndpointSet,
    directory::{
        User as WireUser, UserChange, UserEnvelope, UserList, UserListEnvelope, UserRegistration,
    },
};
use rollcall_domain::{
    Action, Caller, User, UserError, UserOrder,
    key::{KeyMember, KeyRefusal},
};

use crate::{
    error::ApiError,
    handlers::list::{self, ListFormat},
    request::{ApiRequest, conditions, ids::with_id},
    response::{
        reference,
        versioned::{shown, versioned, whole},
    },
};

const LIST: ListFormat<WireUser, UserListEnvelope> = ListFormat {
    order: UserOrder::Id,
    every: |users, caller, each| {
        users.list(caller, UserOrder::Id, &mut |user| each(mapping::wire_user(user)))
    },
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
    let new = mapping::new_user(registration)?;
    let origin = call.origin();
    let user = call.run(move |users| users.register(&origin, &caller, new)).await?;
    let mut response = versioned(EndpointSet::Directory, StatusCode::CREATED, user.revision());
    response.insert_header((header::LOCATION, reference::below(call.request(), user.id)));
    Ok(response.json(envelope(user)))
}

pub(crate) async fn get_current_user(mut call: ApiRequest) -> Result<HttpResponse, ApiError> {
    let caller = call.authenticate().await?;
    let user = call.users().identify(caller)?;
    // The path is the same for every user, so a stored answer could be shown to another one.
    let cache_control = HeaderValue::from_static("no-store");
    Ok(whole(EndpointSet::Directory, user, cache_control, envelope))
}

pub(crate) async fn get_user(mut call: ApiRequest) -> Result<HttpResponse, ApiError> {
    let caller = call.authenticate().await?;
    let target = with_id(&caller, call.path_parameter(), Action::Read)?;
    let user = call.get(caller, target).await?;
    Ok(shown(EndpointSet::Directory, call.request(), user, envelope))
}

pub(crate) async fn update_user(mut call: ApiRequest) -> Result<HttpResponse, ApiError> {
    let mut caller = call.authenticate().await?;
    let target = with_id(&caller, call.path_parameter(), Action::Update)?;
    let change = call.patch_from::<UserChange>(&mut caller).await?;
    check_members(&caller, &change)?;
    let condition = conditions::preconditions(EndpointSet::Directory, call.request().headers());
    let change = mapping::change(change, condition)?;
    let user = call.update(caller, target, change).await?;
    let mut response = versioned(EndpointSet::Directory, StatusCode::OK, user.revision());
    Ok(response.json(envelope(user)))
}

/// Refuses a current password beside an API key, which a change without a new password would
/// ignore.
fn check_members(caller: &Caller, change: &UserChange) -> Result<(), UserError> {
    let mut infos = change.user_info.iter().chain(&change.user);
    if caller.is_by_key() && infos.any(|info| info.current_plaintext_password.is_some()) {
        return Err(KeyRefusal::Member(KeyMember::CurrentPassword).into());
    }
    Ok(())
}

fn envelope(user: User) -> UserEnvelope {
    UserEnvelope { user: mapping::wire_user(user) }
}
