//! Tells the story of sdk/story/steps.py, and checks what the client makes of the answers.

use base64::{Engine, prelude::BASE64_STANDARD};
use futures::TryStreamExt;
use reqwest::header::{AUTHORIZATION, HeaderMap};
use rollcall_client::types::{KeyScope, Role, User, UserChange, UserChangeInfo, UserStatus};
use rollcall_client::{ByteStream, Client, Error};
use serde_json::{Value, from_slice, from_value, json, to_value};
use std::env::var;
use std::num::NonZero;

const PASSWORD: &str = "correct horse battery";

#[tokio::main]
async fn main() {
    let admin = client(Some(basic("admin", &var("ROLLCALL_PASSWORD").unwrap())));
    let anonymous = client(None);

    let info = json!({"name": "Zoë", "email": "zoe@example.com", "plaintextPassword": PASSWORD});
    let body = from_value(json!({"userInfo": info})).unwrap();
    let mut user = anonymous.create_user(&body).await.unwrap().into_inner().user;
    assert_eq!((user.name.as_str(), user.email.as_deref()), ("Zoë", Some("zoe@example.com")));

    let credentials = json!({"credentials": {"name": "Zoë", "password": PASSWORD}});
    let session = anonymous.create_session_token(&from_value(credentials).unwrap()).await.unwrap();
    assert_eq!(session.session_token.user_id, user.id);

    let (own, name) = (client(Some(basic("Zoë", PASSWORD))), "Zoë".parse().unwrap());
    assert_eq!(own.get_portal_user(&name, None).await.unwrap().username, "Zoë");
    let read = admin.get_user(user.id, None).await.unwrap();
    assert_equal(&read.user, &user);
    assert_eq!(names(&admin).await, ["admin", "Zoë"]);
    tell_of_key(&own, &user).await;

    let address = |email: &str| UserChangeInfo {
        email: Some(email.parse().unwrap()),
        ..UserChangeInfo::default()
    };
    let etag = read.headers()["ETag"].to_str().unwrap();
    (user.version, user.email) = (1, Some("zoe@example.org".to_owned()));
    let changed = change(&admin, etag, address("zoe@example.org"), &user).await;
    let disabled =
        UserChangeInfo { status: Some(UserStatus::Disabled), ..UserChangeInfo::default() };
    let body = UserChange { user_info: Some(disabled.clone()), ..UserChange::default() };
    let stale = admin.update_user(user.id, Some(etag), &body).await;
    assert_eq!(refusal(stale).await, (412, json!("urn:rollcall:problem:version-mismatch")));

    let roles = vec![Role { name: "auditor".parse().unwrap() }];
    (user.version, user.roles) = (2, roles.clone());
    let info = UserChangeInfo { roles: Some(roles), ..UserChangeInfo::default() };
    let changed = change(&admin, &changed, info, &user).await;
    (user.version, user.status) = (3, UserStatus::Disabled);
    let changed = change(&admin, &changed, disabled, &user).await;
    (user.version, user.email) = (4, None);
    change(&admin, &changed, address(""), &user).await;

    admin.delete_portal_user(&"Zoë".parse().unwrap(), None).await.unwrap();
    let missing = admin.get_user(user.id, None).await;
    assert_eq!(refusal(missing).await, (404, json!("urn:rollcall:problem:not-found")));
}

/// Makes a key, uses it for what its scopes permit and lack, and ends it.
async fn tell_of_key(own: &Client, user: &User) {
    let info = json!({
        "name": "nightly backup",
        "scopes": ["verify", "users:read"],
        "expireTime": "2100-01-31T00:00:00Z",
    });
    let body = from_value(json!({ "keyInfo": info })).unwrap();
    let made = own.create_api_key(user.id, &body).await.unwrap().into_inner();
    assert_eq!(made.key.name, "nightly backup");
    assert_eq!(made.key.scopes, [KeyScope::Verify, KeyScope::UsersRead]);
    assert_eq!(to_value(made.key.expire_time).unwrap(), info["expireTime"]);
    let listed = own.list_api_keys(user.id).await.unwrap().into_inner().key_list.keys;
    assert_eq!(to_value(listed).unwrap(), json!([made.key]));

    let program = client(Some(format!("Bearer {}", made.secret.as_str())));
    assert_equal(&program.get_current_user().await.unwrap().user, user);
    let address = from_value(json!({"userInfo": {"email": "zoe@example.org"}})).unwrap();
    let lacking = program.update_user(user.id, Some("0"), &address).await;
    assert_eq!(refusal(lacking).await, (403, json!("urn:rollcall:problem:insufficient-scope")));
    own.delete_api_key(user.id, made.key.id).await.unwrap();
    let ended = program.get_current_user().await;
    assert_eq!(refusal(ended).await, (401, json!("urn:rollcall:problem:unauthenticated")));
}

/// Credentials of HTTP Basic.
fn basic(name: &str, password: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{name}:{password}")))
}

/// A client with credentials or without.
fn client(credentials: Option<String>) -> Client {
    let mut headers = HeaderMap::new();
    if let Some(credentials) = credentials {
        headers.insert(AUTHORIZATION, credentials.parse().unwrap());
    }
    let http = reqwest::Client::builder().default_headers(headers).build().unwrap();
    Client::new_with_client(&var("ROLLCALL_URL").unwrap(), http)
}

/// The names on every page.
async fn names(admin: &Client) -> Vec<String> {
    let (mut names, mut token) = (Vec::new(), None::<String>);
    loop {
        let after = token.map(|token| token.parse().unwrap());
        let page =
            admin.list_users(None, NonZero::new(1), None, None, after.as_ref(), None, None, None);
        let page = page.await.unwrap().into_inner().user_list;
        names.extend(page.users.into_iter().map(|user| user.name));
        token = page.next_page_token;
        if token.is_none() {
            return names;
        }
    }
}

/// Changes the version that was read of a user, compares the answer, and returns its version.
async fn change(admin: &Client, version: &str, info: UserChangeInfo, expected: &User) -> String {
    let body = UserChange { user_info: Some(info), ..UserChange::default() };
    let changed = admin.update_user(expected.id, Some(version), &body).await.unwrap();
    assert_equal(&changed.user, expected);
    changed.user.version.to_string()
}

fn assert_equal(got: &User, want: &User) {
    assert_eq!(to_value(got).unwrap(), to_value(want).unwrap());
}

/// The status and the type of the problem that a call is refused with: a stream, since the client
/// gives no types to problems.
async fn refusal<T: std::fmt::Debug>(answer: Result<T, Error<ByteStream>>) -> (u16, Value) {
    let Err(Error::ErrorResponse(refusal)) = answer else { panic!("{answer:?}") };
    let status = refusal.status().as_u16();
    let body: Vec<_> = refusal.into_inner().into_inner().try_collect().await.unwrap();
    let problem: Value = from_slice(&body.concat()).unwrap();
    (status, problem["type"].clone())
}
