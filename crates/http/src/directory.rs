//! Handlers of the directory set.

pub(crate) mod mapping;

use actix_web::{
    HttpResponse, HttpResponseBuilder,
    http::{StatusCode, header},
};
use rollcall_api_spec::directory::{
    User as WireUser, UserChange, UserEnvelope, UserList, UserListEnvelope, UserRegistration,
};
use rollcall_domain::{Action, Caller, Registration, User, UserId, UserOrder, UserRef};

use crate::{
    call::{Call, private},
    conditions,
    error::ApiError,
    list::{self, Form},
};

const LIST: Form<WireUser, UserListEnvelope> = Form {
    order: UserOrder::Id,
    head: "{\"userList\":{\"users\":[",
    item: mapping::wire_user,
    tail: "]}}",
    page: |users, next_page_token| {
        let user_list = UserList { users, next_page_token };
        UserListEnvelope { user_list }
    },
};

pub(crate) async fn list_users(mut call: Call) -> Result<HttpResponse, ApiError> {
    let caller = call.authenticate().await?;
    list::respond(&call, caller, LIST).await
}

pub(crate) async fn create_user(mut call: Call) -> Result<HttpResponse, ApiError> {
    let registering = call.users().registering();
    // Where anyone may register, nobody is asked who they are.
    let mut caller = match registering {
        Action::Register(Registration::Open) => Caller::Anonymous,
        _ => call.authenticate().await?,
    };
    caller.may(registering, None)?;
    let registration = call.json_from::<UserRegistration>(&mut caller).await?;
    let registrant = mapping::registrant(registration)?;
    let origin = call.origin();
    let user = call.run(move |users| users.register(&origin, &caller, registrant)).await?;
    let mut response = private(StatusCode::CREATED);
    response.insert_header((header::LOCATION, format!("/users/{}", user.id)));
    Ok(envelope(response, user))
}

pub(crate) async fn get_user(mut call: Call) -> Result<HttpResponse, ApiError> {
    let caller = call.authenticate().await?;
    let target = with_id(&caller, &call, Action::Read)?;
    let user = call.get(caller, target).await?;
    if conditions::client_has(call.request().headers(), user.version) {
        let mut response = private(StatusCode::NOT_MODIFIED);
        response.insert_header((header::ETAG, conditions::etag(user.version)));
        return Ok(response.finish());
    }
    Ok(envelope(private(StatusCode::OK), user))
}

pub(crate) async fn update_user(mut call: Call) -> Result<HttpResponse, ApiError> {
    let mut caller = call.authenticate().await?;
    let target = with_id(&caller, &call, Action::Update)?;
    let change = call.json_from::<UserChange>(&mut caller).await?;
    let condition = conditions::if_match(call.request().headers());
    let patch = mapping::patch(change, condition)?;
    let origin = call.origin();
    let user = call.run(move |users| users.update(&origin, &caller, &target, patch)).await?;
    Ok(envelope(private(StatusCode::OK), user))
}

/// The user that the path means, if `caller` may do `action` to it. Whoever is anonymous does not
/// learn even that the path is malformed.
fn with_id(caller: &Caller, call: &Call, action: Action) -> Result<UserRef, ApiError> {
    const ACCEPTED: &str = "userId must be a whole number from 1 to 9223372036854775807";
    if let Caller::Anonymous = caller {
        caller.may(action, None)?;
    }
    let text = call.path_parameter();
    let id = text.parse().ok().filter(|id: &i64| *id >= 1 && id.to_string() == text);
    let id = id.ok_or_else(|| ApiError::Malformed(ACCEPTED.to_owned()))?;
    let target = UserRef::Id(UserId(id));
    caller.may(action, Some(&target))?;
    Ok(target)
}

fn envelope(mut response: HttpResponseBuilder, user: User) -> HttpResponse {
    response.insert_header((header::ETAG, conditions::etag(user.version)));
    response.json(UserEnvelope { user: mapping::wire_user(user) })
}
