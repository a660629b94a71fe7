//! Tells the story of sdk/story/steps.py, and checks what the client makes of the answers.

use openapi::apis::Error;
use openapi::apis::configuration::Configuration;
use openapi::apis::directory_api::{
    create_user, get_current_user, get_user, list_users, update_user,
};
use openapi::apis::keys_api::{create_api_key, delete_api_key, list_api_keys};
use openapi::apis::portal_api::{delete_portal_user, get_portal_user};
use openapi::apis::tokens_api::create_session_token;
use openapi::models::{
    Credentials, KeyCreation, KeyInfo, KeyScope, Problem, Role, SessionTokenRequest, User,
    UserChange, UserChangeInfo, UserRegistration, UserRegistrationInfo, UserStatus,
};
use std::env::var;
use std::fmt::Debug;

const PASSWORD: &str = "correct horse battery";

#[tokio::main]
async fn main() {
    let anonymous = client(None);
    let own = client(Some(("Zoë", PASSWORD)));
    let admin = client(Some(("admin", &var("ROLLCALL_PASSWORD").unwrap())));

    let (name, email) = ("Zoë".to_owned(), "zoe@example.com".to_owned());
    let info = UserRegistrationInfo::new(name.clone(), email.clone(), PASSWORD.to_owned());
    let made = create_user(&anonymous, UserRegistration::new(info)).await.unwrap().user;
    assert_eq!((&made.name, &made.email, made.roles.len()), (&name, &Some(email), 0));

    let request = SessionTokenRequest::new(Credentials::new(name, PASSWORD.to_owned()));
    let session = create_session_token(&anonymous, request).await.unwrap().session_token;
    assert_eq!(session.user_id, made.id);

    assert_eq!(get_portal_user(&own, "Zoë", None).await.unwrap().username, "Zoë");
    assert_eq!(get_user(&admin, made.id, None).await.unwrap().user, made);
    assert_eq!(names(&admin).await, ["admin", "Zoë"]);
    tell_of_key(&own, &made).await;

    let address = |email: &str| UserChangeInfo {
        email: Some(Some(email.to_owned())),
        ..UserChangeInfo::new()
    };
    let email = Some("zoe@example.org".to_owned());
    let mut expected = User { version: 1, email, ..*made };
    // The generated methods hide the headers of answers, but the version is the tag.
    let read = made.version.to_string();
    let changed = change(&admin, &expected, &read, address("zoe@example.org")).await;
    assert_eq!(changed, expected);
    let disabled =
        UserChangeInfo { status: Some(Some(UserStatus::DISABLED)), ..UserChangeInfo::new() };
    let body = body(disabled.clone());
    let stale = update_user(&admin, expected.id, body, Some(&read)).await;
    assert_eq!(refusal(stale), (412, "urn:rollcall:problem:version-mismatch".to_owned()));

    let roles = vec![Role::new("auditor".to_owned())];
    expected = User { version: 2, roles: roles.clone(), ..expected };
    let info = UserChangeInfo { roles: Some(Some(roles)), ..UserChangeInfo::new() };
    let changed = change(&admin, &expected, &changed.version.to_string(), info).await;
    assert_eq!(changed, expected);
    expected = User { version: 3, status: UserStatus::DISABLED, ..expected };
    let changed = change(&admin, &expected, &changed.version.to_string(), disabled).await;
    assert_eq!(changed, expected);
    expected = User { version: 4, email: None, ..expected };
    let changed = change(&admin, &expected, &changed.version.to_string(), address("")).await;
    assert_eq!(changed, expected);

    delete_portal_user(&admin, "Zoë", None).await.unwrap();
    let missing = get_user(&admin, expected.id, None).await;
    assert_eq!(refusal(missing), (404, "urn:rollcall:problem:not-found".to_owned()));
}

/// A client with credentials or without.
fn client(credentials: Option<(&str, &str)>) -> Configuration {
    let basic_auth =
        credentials.map(|(name, password)| (name.to_owned(), Some(password.to_owned())));
    Configuration { base_path: var("ROLLCALL_URL").unwrap(), basic_auth, ..Configuration::new() }
}

/// Makes a key, uses it for what its scopes permit and lack, and ends it.
async fn tell_of_key(own: &Configuration, user: &User) {
    let (name, scopes) = ("nightly backup", vec![KeyScope::VERIFY, KeyScope::USERS_READ]);
    let expiry = "2100-01-31T00:00:00Z".parse().unwrap();
    let info = KeyInfo {
        expire_time: Some(Some(expiry)),
        ..KeyInfo::new(name.to_owned(), scopes.clone())
    };
    let made = create_api_key(own, user.id, KeyCreation::new(info)).await.unwrap();
    assert_eq!((made.key.name.as_str(), &made.key.scopes), (name, &scopes));
    assert_eq!(made.key.expire_time, Some(expiry));
    let listed = list_api_keys(own, user.id).await.unwrap().key_list.keys;
    assert_eq!(listed, [(*made.key).clone()]);

    let program = Configuration { bearer_access_token: Some(made.secret), ..client(None) };
    assert_eq!(*get_current_user(&program).await.unwrap().user, *user);
    let address =
        UserChangeInfo { email: Some(Some("zoe@example.org".to_owned())), ..UserChangeInfo::new() };
    let lacking = update_user(&program, user.id, body(address), Some("0")).await;
    assert_eq!(refusal(lacking), (403, "urn:rollcall:problem:insufficient-scope".to_owned()));
    delete_api_key(own, user.id, made.key.id).await.unwrap();
    let ended = get_current_user(&program).await;
    assert_eq!(refusal(ended), (401, "urn:rollcall:problem:unauthenticated".to_owned()));
}

/// The names on every page.
async fn names(admin: &Configuration) -> Vec<String> {
    let (mut names, mut token) = (Vec::new(), None::<String>);
    loop {
        let page = list_users(admin, Some(1), token.as_deref(), None, None, None, None, None, None);
        let page = page.await.unwrap().user_list;
        names.extend(page.users.into_iter().map(|user| user.name));
        token = page.next_page_token;
        if token.is_none() {
            return names;
        }
    }
}

/// Changes the version that was read of a user.
async fn change(admin: &Configuration, user: &User, version: &str, info: UserChangeInfo) -> User {
    *answered(update_user(admin, user.id, body(info), Some(version)).await).user
}

/// The body of a change, which may come in either of two envelopes.
fn body(info: UserChangeInfo) -> UserChange {
    UserChange { user_info: Some(Some(Box::new(info))), ..UserChange::new() }
}

fn answered<T, E: Debug>(answer: Result<T, Error<E>>) -> T {
    answer.unwrap_or_else(|refusal| panic!("{refusal:?}"))
}

/// The status and the type of the problem that a call is refused with. Its body always comes as the
/// first variant of the generated type, whatever the status is.
fn refusal<T: Debug, E: Debug>(answer: Result<T, Error<E>>) -> (u16, String) {
    let Err(Error::ResponseError(refusal)) = answer else { panic!("{answer:?}") };
    assert!(refusal.entity.is_some(), "{}", refusal.content);
    let problem: Problem = serde_json::from_str(&refusal.content).unwrap();
    (refusal.status.as_u16(), problem.r#type.to_string())
}
